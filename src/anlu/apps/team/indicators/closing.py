"""How problems that units found in their own work are put right."""

from anlu.apps.team.kinds.problem import FAMILY
from anlu.kernel.cases.figures import family_indicators

family_indicators(FAMILY, order=384, noun="查摆问题")
