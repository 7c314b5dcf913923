"""How bad a crash is, as counts, weights and sums of weights. Method: ``methods/screening.md``."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike

from anlu.engine.roads.network import Floats


class Severity(IntEnum):
    """The worst that happened to anybody in the crash."""

    FATAL = 1
    SERIOUS = 2
    SLIGHT = 3
    DAMAGE = 4

    @property
    def is_injury(self) -> bool:
        """People were hurt, nobody died."""
        return self in (Severity.SERIOUS, Severity.SLIGHT)


EXPECTED_WORDS = "fatal、serious、slight、damage 或 1–4"

_WORDS = {
    **{each.name.lower(): each for each in Severity},
    **{str(each.value): each for each in Severity},
    "死亡": Severity.FATAL,
    "重伤": Severity.SERIOUS,
    "轻伤": Severity.SLIGHT,
    "财产损失": Severity.DAMAGE,
}


def severity_of(word: str) -> Severity | None:
    """A word or number as a severity, whatever its case; None when it means nothing."""
    return _WORDS.get(word.strip().lower().removesuffix(".0"))


@dataclass(frozen=True)
class Weights:
    """What one crash of each severity counts."""

    fatal: float
    serious: float
    slight: float
    damage: float

    def of(self, severities: ArrayLike) -> Floats:
        """Weight (n,) of each crash, given its severity 1-4."""
        table = np.array([np.nan, self.fatal, self.serious, self.slight, self.damage])
        return np.asarray(table[np.asarray(severities, np.int64)], np.float64)


#: Harm in the back-test (contract of the commands).
HARM = Weights(10.0, 5.0, 1.0, 0.0)
#: Equivalent property damage only: 10 fatal, 5 injury, 1 damage (Massachusetts Highway Department; nmcog.org).
EPDO = Weights(10.0, 5.0, 5.0, 1.0)
