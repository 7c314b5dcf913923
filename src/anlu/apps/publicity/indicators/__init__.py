"""Figures of publicity, one file for each family."""
