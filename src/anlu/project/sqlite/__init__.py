"""Django's SQLite backend with a gate in front of every write (``foundations`` 2.2)."""
