"""A safety performance function from a file, where the county's own is not wanted. Method: ``methods/screening.md``."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from anlu.engine.errors import BadInput
from anlu.engine.roads.network import Floats

LARGEST = 1e6
UNITS_M = {"m": 1.0, "km": 1000.0, "mile": 1609.344}
KEYS = (
    "title",
    "source",
    "intercept",
    "length_unit",
    "length_power",
    "overdispersion",
    "per_length",
    "power",
    "slope",
)


@dataclass(frozen=True)
class SafetyFunction:
    """
    Crashes per year mu = exp(intercept) L^length_power prod(x^power) exp(sum(slope x)), x columns of the network.

    Attributes
    ----------
    length_unit
        Of L: m, km or mile.
    overdispersion, per_length
        k, or k L when ``per_length``: long links vary less.
    power, slope
        By column.
    """

    title: str
    intercept: float
    length_unit: str
    length_power: float
    overdispersion: float
    per_length: bool
    power: Mapping[str, float]
    slope: Mapping[str, float]

    @property
    def columns(self) -> list[str]:
        """Columns of the network that it needs."""
        return list(dict.fromkeys([*self.power, *self.slope]))

    def yearly(self, length_m: ArrayLike, columns: Mapping[str, Floats]) -> Floats:
        """Crashes per year of links (n,); 0 without length, not finite where the columns are beyond all measure."""
        length = np.asarray(length_m, np.float64) / UNITS_M[self.length_unit]
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            mean = np.exp(self.intercept) * length**self.length_power
            for name, power in self.power.items():
                mean = mean * columns[name] ** power
            for name, slope in self.slope.items():
                mean = mean * np.exp(slope * columns[name])
        return np.where(length > 0, mean, 0.0)

    def k(self, length_m: ArrayLike) -> Floats:
        """Overdispersion of each link (n,); 0 without length."""
        length = np.asarray(length_m, np.float64) / UNITS_M[self.length_unit]
        if not self.per_length:
            return np.full(length.shape, self.overdispersion)
        return np.divide(self.overdispersion, length, out=np.zeros_like(length), where=length > 0)


def read_safety_function(path: str) -> SafetyFunction:
    """
    Read a TOML file with the keys ``intercept``, ``overdispersion`` and, where wanted, ``title, source, length_unit,
    length_power, per_length`` and the tables ``[power]`` and ``[slope]``.

    Raises
    ------
    BadInput
        The file is no TOML, or a key is missing, unknown or no number.
    FileNotFoundError
    """
    try:
        content = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise BadInput("读不出来", file=path, expected="UTF-8 编码的 TOML") from None
    except tomllib.TOMLDecodeError as problem:
        raise BadInput(f"不是有效的 TOML: {problem}", file=path) from None
    for key in content:
        if key not in KEYS:
            raise BadInput("不认识的键", file=path, field=key, expected="、".join(KEYS))
    unit, per_length = content.get("length_unit", "m"), content.get("per_length", False)
    if unit not in UNITS_M:
        raise BadInput(file=path, field="length_unit", found=unit, expected="、".join(UNITS_M))
    if not isinstance(per_length, bool):
        raise BadInput(file=path, field="per_length", found=per_length, expected="true 或 false")
    return SafetyFunction(
        str(content.get("title", Path(path).stem)),
        _number(content, "intercept", path),
        unit,
        _number({"length_power": 1.0, **content}, "length_power", path, least=0.0),
        _number(content, "overdispersion", path, least=0.0),
        per_length,
        _table(content, "power", path),
        _table(content, "slope", path),
    )


def _table(content: dict[str, Any], key: str, path: str) -> dict[str, float]:
    table = content.get(key, {})
    if not isinstance(table, dict):
        raise BadInput(file=path, field=key, found=table, expected=f"[{key}] 表: 列 = 数")
    return {column: _number(table, column, path) for column in table}


def _number(table: dict[str, Any], key: str, path: str, *, least: float = -math.inf) -> float:
    value = table.get(key, "")
    right = isinstance(value, int | float) and not isinstance(value, bool)
    if not right or not math.isfinite(value) or value < least or abs(value) > LARGEST:
        expected = "有限的数" if least == -math.inf else f"不小于 {least:g} 的数"
        raise BadInput(file=path, field=key, found=value, expected=expected)
    return float(value)
