"""What an import can take of crashes, their vehicles and parties, and how it becomes records."""
