"""Ledgers of governance."""
