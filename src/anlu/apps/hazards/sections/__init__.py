"""What reports may say about hazards."""
