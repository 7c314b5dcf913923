"""Figures of crashes; one file per family."""
