"""Pages of hazards beside those of all cases."""
