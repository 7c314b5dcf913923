"""What reports say about crashes; one file per section."""
