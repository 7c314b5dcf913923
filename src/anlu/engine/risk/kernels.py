"""
Kernels of density estimation as polynomials, so that sums over many crashes need only their moments.

Formulas: ``methods/density.md``. Every kernel is K_b(d) = k(d / b) / b and zero for d >= b.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import Chebyshev, Polynomial
from numpy.typing import ArrayLike

from anlu.engine.roads.network import Floats

GAUSSIAN_DEGREE = 12  # the polynomial differs from the formula by less than 1e-13 on [0, 1)


@dataclass(frozen=True)
class Kernel:
    """
    Shape k(u) of a kernel for 0 <= u < 1, written as a polynomial.

    Attributes
    ----------
    coefficients
        c[0] + c[1] u + c[2] u^2 + ...
    exact
        k as its formula, for single values and for checks.
    """

    name: str
    coefficients: tuple[float, ...]
    exact: Callable[[Floats], Floats]

    def value(self, distances_m: ArrayLike, bandwidth_m: float) -> Floats:
        """K_b(d) per metre at each distance; zero from the bandwidth on."""
        u = np.abs(np.asarray(distances_m, np.float64)) / bandwidth_m
        return np.where(u < 1.0, self.exact(np.minimum(u, 1.0)), 0.0) / bandwidth_m


def _gaussian(u: Floats) -> Floats:
    return np.asarray(np.exp(-0.5 * u**2) / math.sqrt(2.0 * math.pi))


def _gaussian_coefficients() -> tuple[float, ...]:
    fitted = Chebyshev.interpolate(_gaussian, GAUSSIAN_DEGREE, domain=[0.0, 1.0])
    return tuple(float(c) for c in fitted.convert(kind=Polynomial).coef)


KERNELS: dict[str, Kernel] = {
    kernel.name: kernel
    for kernel in (
        Kernel("quartic", (15 / 16, 0.0, -15 / 8, 0.0, 15 / 16), lambda u: 15 / 16 * (1.0 - u**2) ** 2),
        Kernel("gaussian", _gaussian_coefficients(), _gaussian),
        Kernel("epanechnikov", (3 / 4, 0.0, -3 / 4), lambda u: 3 / 4 * (1.0 - u**2)),
        Kernel("triangle", (1.0, -1.0), lambda u: 1.0 - u),
        Kernel("uniform", (1 / 2,), lambda u: np.full_like(u, 1 / 2)),
    )
}
