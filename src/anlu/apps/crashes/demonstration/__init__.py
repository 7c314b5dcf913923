"""Invented crashes of the demonstration county, made from a seed."""
