"""What reports say about publicity; one file per section."""
