"""
Surveys: roads, boundaries, junctions and sites as they come from files or other systems.

A survey replaces what it names and leaves the rest alone: the lines of its roads, the boundaries of its areas.
What cannot be used is given back with its row and the reason, never dropped silently.
"""
