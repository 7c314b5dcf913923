"""The county, made once for all tests that only look at it."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import CRS

from anlu.engine.county import County, make_county
from anlu.engine.roads.network import Network, build_network
from anlu.engine.roads.projection import Projection, length_true
from anlu.engine.roads.referencing import Roads, reference_roads


@pytest.fixture(scope="session")
def county() -> County:
    """The county of the demonstration."""
    return make_county()


@pytest.fixture(scope="session")
def projection(county: County) -> Projection:
    """Metres in which the county's lengths are true."""
    xy = np.vstack([line.coords for line in county.lines])
    return length_true(CRS.from_epsg(4326), xy[:, 0], xy[:, 1])


@pytest.fixture(scope="session")
def network(county: County, projection: Projection) -> Network:
    """The lines as any file of roads would be read: nothing is known but their shapes."""
    lines = [
        shapely.linestrings(np.column_stack(projection.to_metres(line.coords[:, 0], line.coords[:, 1])))
        for line in county.lines
    ]
    return build_network(lines)


@pytest.fixture(scope="session")
def referenced(county: County, network: Network) -> Roads:
    """The network with the stakes of the lines' first vertices."""
    return reference_roads(
        network,
        [line.road for line in county.lines],
        stake_start_m=[line.stake_start_m for line in county.lines],
    )
