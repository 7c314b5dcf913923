"""Tables of the demonstration county."""
