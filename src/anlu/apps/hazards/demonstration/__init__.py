"""What the demonstration county has of hazards and markets; every name, place and picture is invented."""
