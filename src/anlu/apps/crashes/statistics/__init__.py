"""Statistics of crashes: how they are divided, the tables, what the pages say about them."""
