"""Crashes: severity, deaths that count, quality of records, and the local parts of their time."""
