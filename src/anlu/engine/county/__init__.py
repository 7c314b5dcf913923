"""The demonstration county 青澜县, made from a seed: every place, road and crash of it is invented."""

from .making import SEED, make_county
from .records import County

__all__ = ["SEED", "County", "make_county"]
