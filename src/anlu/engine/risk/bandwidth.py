"""The bandwidth under which the crashes foretell each other best. Method: ``methods/density.md``."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from anlu.engine.roads.network import Floats, Network

from .density import Method, TooManyWalks, network_density
from .kernels import KERNELS
from .moments import shape_of
from .pieces import cut_network
from .positions import Positions, cut_lixels
from .splitting import MOST_WAVES, add_own_waves

CANDIDATES_M = (50.0, 75.0, 100.0, 150.0, 200.0, 300.0, 400.0, 500.0, 750.0, 1000.0)
LONGEST_SPLIT_M = 500.0  # of the candidates for equal split: the walks grow exponentially with the bandwidth
LIXELS_PER_BANDWIDTH = 5  # of the shortest one, to sum the density over the network
MOST_LIXELS = 200_000


@dataclass(frozen=True, eq=False)
class BandwidthChoice:
    """
    Bandwidths compared by leave-one-out likelihood.

    Attributes
    ----------
    bandwidth_m, log_likelihood : (B,)
    best_m
        The bandwidth with the largest likelihood.
    """

    bandwidth_m: Floats
    log_likelihood: Floats
    best_m: float


def choose_bandwidth(
    network: Network,
    crashes: Positions,
    bandwidths_m: Sequence[float] | None = None,
    *,
    kernel: str = "quartic",
    method: Method = "simple",
    weights: ArrayLike | None = None,
) -> BandwidthChoice:
    """
    Compare bandwidths by how likely each crash is under the density of all others.

    Parameters
    ----------
    bandwidths_m : (B,)
        ``CANDIDATES_M`` by default, up to 500 m for the equal-split methods.

    Raises
    ------
    ValueError
        Fewer than two crashes with a weight; otherwise as :func:`.density.network_density`.
    TooManyWalks
        An equal-split method cannot sum the walks within the longest bandwidth.

    Notes
    -----
    The density of the others at crash i, divided by what it sums to over the network, is f. Crashes that have no
    other within reach would make every likelihood zero: f is mixed with one even crash, (1 - 1/n) f + 1/(n L). The
    sum of w log f is compared (Silverman 1986, ch. 3.4.4, on a network).
    """
    bandwidths = np.asarray(candidates(method) if bandwidths_m is None else bandwidths_m, np.float64)
    w = np.ones(len(crashes)) if weights is None else np.asarray(weights, np.float64)
    used = np.flatnonzero(w > 0)
    if len(used) < 2:
        raise ValueError(f"two crashes with a weight are needed, got {len(used)}")
    crashes, w = crashes[used], w[used]
    lixels = cut_lixels(network, _lixel_m(network, float(bandwidths.min())))
    samples = _both(crashes, lixels.middles)
    options = {"kernel": kernel, "method": method, "weights": w}
    values = network_density(network, crashes, samples, bandwidths, **options).values  # type: ignore[arg-type]
    others = values[:, : len(w)] - w * _own(network, crashes, bandwidths, kernel, method)
    total = values[:, len(w) :] @ lixels.length_m
    share = np.maximum(others, 0.0) / (total[:, None] * (1.0 - w / w.sum()))
    mixed = (1.0 - 1.0 / len(w)) * share + 1.0 / (len(w) * network.lengths.sum())
    likelihood = np.log(mixed) @ w
    return BandwidthChoice(bandwidths, likelihood, float(bandwidths[likelihood.argmax()]))


def candidates(method: Method) -> tuple[float, ...]:
    """Bandwidths in metres worth comparing for a method."""
    return tuple(b for b in CANDIDATES_M if method == "simple" or b <= LONGEST_SPLIT_M)


def _lixel_m(network: Network, shortest_m: float) -> float:
    return max(shortest_m / LIXELS_PER_BANDWIDTH, float(network.lengths.sum()) / MOST_LIXELS)


def _both(first: Positions, second: Positions) -> Positions:
    """Places on edges, one after the other; none on a node, as samples are."""
    edge = np.concatenate([first.edge, second.edge])
    return Positions(
        edge, np.concatenate([first.offset_m, second.offset_m]), np.full(len(edge), -1, np.int64)
    )


def _own(network: Network, crashes: Positions, bandwidths: Floats, kernel: str, method: Method) -> Floats:
    """What each crash of weight 1 adds to the density at its own place, (B, n)."""
    if method == "simple":
        return np.full((len(bandwidths), len(crashes)), KERNELS[kernel].coefficients[0]) / bandwidths[:, None]
    order = np.argsort(-bandwidths, kind="stable")
    unit_m = 2.0 ** math.ceil(math.log2(bandwidths.max()))
    pieces = cut_network(network, unit_m=unit_m, longest_m=math.inf)
    shape = shape_of(KERNELS[kernel], bandwidths[order] / unit_m)
    found = np.zeros((len(crashes), len(bandwidths)))
    together = np.lexsort((crashes.edge, crashes.node))
    at, continuous = crashes.offset_m / unit_m, method == "continuous"
    if not add_own_waves(
        found, crashes.edge, at, crashes.node, together, continuous, pieces.streets, shape, MOST_WAVES
    ):
        raise TooManyWalks("too many walks within the longest bandwidth: try shorter ones")
    own = np.empty((len(bandwidths), len(crashes)))
    own[order] = found.T
    return own / bandwidths[:, None]
