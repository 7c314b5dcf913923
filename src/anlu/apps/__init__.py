"""The features; they do not import each other."""
