"""Figures of inspections."""
