"""Ledgers of team building, one file for each item of the menu."""
