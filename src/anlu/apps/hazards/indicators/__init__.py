"""Figures of hazards."""
