"""Kinds of activity of team building, one file each."""
