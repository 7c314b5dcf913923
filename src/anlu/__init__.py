"""Anlu (安路): the working platform of a county traffic-police brigade."""

__version__ = "0.1.0.dev0"
