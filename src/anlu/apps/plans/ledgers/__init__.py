"""Ledgers of plans and honours."""
