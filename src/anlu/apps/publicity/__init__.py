"""Publicity (宣传教育): series, columns and pieces; more tables follow."""
