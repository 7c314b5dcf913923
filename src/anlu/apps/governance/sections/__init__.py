"""What reports say about governance."""
