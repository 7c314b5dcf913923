"""Statistics pages of crashes: the four figures, where and when, quality of the data."""
