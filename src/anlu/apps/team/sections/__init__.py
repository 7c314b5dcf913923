"""What reports say about the team; one file per section."""
