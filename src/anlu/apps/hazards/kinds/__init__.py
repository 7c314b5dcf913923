"""Kinds of hazards H01-H15, one file each."""
