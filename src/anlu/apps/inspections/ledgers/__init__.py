"""Ledgers of inspections."""
