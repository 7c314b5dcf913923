"""Figures of suggestions."""
