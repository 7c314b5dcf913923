"""Django settings: ``base`` for everything, ``test`` for the suite."""
