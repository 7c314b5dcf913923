"""
One module per command of ``anlu``, imported only when that command runs.

Each module has ``configure(parser)``, which declares the arguments, and ``run(args)``, which does the work
and returns the exit code.
"""
