"""Import of tables from elsewhere: read, map, check, write invisibly, publish at one stroke, withdraw."""
