"""The square grid in which the straight pieces of a network are entered."""

from typing import NamedTuple

from .network import Ints


class Grid(NamedTuple):
    """Straight pieces by cell; a piece goes by its first vertex, cells run row by row from the south-west."""

    x0: float
    y0: float
    size_m: float
    columns: int
    rows: int
    cell_start: Ints  # cell c holds pieces[cell_start[c]:cell_start[c + 1]], in rising order
    pieces: Ints
    owner: Ints  # edge of each vertex
