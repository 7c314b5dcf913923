"""Indicators: comparing periods, uncertainty, and the words for numbers."""
