"""Figures of governance."""
