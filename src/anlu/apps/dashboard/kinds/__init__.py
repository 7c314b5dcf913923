"""Kinds of activity of the boards."""
