"""Crashes: records, vehicles and parties; their import, their quality and their statistics."""
