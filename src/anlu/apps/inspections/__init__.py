"""督查: teams that go round unannounced, what they find, and the bulletins in which it is told."""
