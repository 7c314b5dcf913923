"""What reports say about plans and honours; one file per section."""
