"""Profiles of tables of cases of other systems; without any, our own template is recognised."""
