"""How findings of inspections are put right."""

from anlu.apps.inspections.kinds import FAMILY
from anlu.kernel.cases.figures import family_indicators

family_indicators(FAMILY, order=394)
