"""Figures of plans and honours, one file for each family."""
