"""What reports say about inspections."""
