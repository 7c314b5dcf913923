"""Profiles of segment files of other systems; without any, our own template is recognised."""
