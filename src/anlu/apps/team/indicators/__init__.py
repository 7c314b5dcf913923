"""Figures of team building, one file for each family."""
