"""The rules of the trade in plain Python: no Django, no files, no clock."""
