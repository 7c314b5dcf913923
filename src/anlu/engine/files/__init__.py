"""Vector and table files in and out, as plain arrays, with every mistake named by its place in the file."""
