"""Do high counts lie beside high counts? Getis and Ord's Gi*, Moran's I. Method: ``methods/autocorrelation.md``."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse
from scipy.spatial import cKDTree

from anlu.engine.roads.network import Floats


def neighbours_within(x: ArrayLike, y: ArrayLike, distance: float) -> sparse.csr_array:
    """
    Binary weights (n, n): 1 between different places at most ``distance`` apart.

    Raises
    ------
    ValueError
        The distance is not positive.
    """
    if not 0 < distance < np.inf:
        raise ValueError(f"distance must be positive, got {distance}")
    points = np.stack([np.asarray(x, np.float64), np.asarray(y, np.float64)], axis=1)
    pairs = cKDTree(points).query_pairs(distance, output_type="ndarray")
    both = np.concatenate([pairs, pairs[:, ::-1]])
    ones = np.ones(len(both))
    return sparse.csr_array((ones, (both[:, 0], both[:, 1])), shape=(len(points), len(points)))


def hot_spot_z(values: ArrayLike, weights: sparse.csr_array) -> Floats:
    """
    Gi* of each place (n,) as a standard normal deviate; the place itself belongs to its neighbourhood.

    (sum_j w_ij x_j - xbar W_i) / (s sqrt((n S1_i - W_i^2) / (n - 1))), s with n in the denominator. Ord and Getis
    (1995), Geographical Analysis 27, 286-306. NaN where a place neighbours all others or all values are equal.
    """
    x = np.asarray(values, np.float64)
    n = len(x)
    local = sparse.csr_array(weights + sparse.eye_array(n))
    total, squares = np.asarray(local.sum(axis=1)), np.asarray(local.multiply(local).sum(axis=1))
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = x.std() * np.sqrt((n * squares - total**2) / (n - 1))
        return np.asarray((local @ x - x.mean() * total) / spread, np.float64)


@dataclass(frozen=True)
class Moran:
    """
    Global Moran's I and its significance.

    ``z_normal`` supposes normal values, ``z_random`` only that any order of them is as likely (Cliff and Ord 1981).
    """

    i: float
    expected: float
    z_normal: float
    z_random: float


def moran(values: ArrayLike, weights: sparse.csr_array) -> Moran:
    """
    Moran's I with row-standardised weights; places without neighbours count nothing.

    (n / S0) z'Wz / z'z, E = -1 / (n - 1).

    Raises
    ------
    ValueError
        Fewer than four places, all values equal, or no neighbours at all.
    """
    x = np.asarray(values, np.float64)
    n = len(x)
    if n < 4 or not np.ptp(x) > 0 or not weights.nnz:
        raise ValueError("Moran's I needs four places, values that differ, and neighbours")
    z = x - x.mean()
    degree = np.asarray(weights.sum(axis=1))
    scale = np.divide(1.0, degree, out=np.zeros(n), where=degree > 0)
    w = sparse.csr_array(sparse.diags_array(scale) @ weights)
    s0 = w.sum()
    s1 = ((w + w.T).multiply(w + w.T)).sum() / 2.0
    s2 = ((np.asarray(w.sum(axis=1)) + np.asarray(w.sum(axis=0))) ** 2).sum()
    i = float(n / s0 * (z @ (w @ z)) / (z @ z))
    expected = -1.0 / (n - 1)
    normal = (n**2 * s1 - n * s2 + 3 * s0**2) / ((n**2 - 1) * s0**2) - expected**2
    kurtosis = (z**4).mean() / (z**2).mean() ** 2
    first = n * ((n**2 - 3 * n + 3) * s1 - n * s2 + 3 * s0**2)
    second = kurtosis * ((n**2 - n) * s1 - 2 * n * s2 + 6 * s0**2)
    random = (first - second) / ((n - 1) * (n - 2) * (n - 3) * s0**2) - expected**2
    return Moran(
        i, expected, (i - expected) / float(np.sqrt(normal)), (i - expected) / float(np.sqrt(random))
    )
