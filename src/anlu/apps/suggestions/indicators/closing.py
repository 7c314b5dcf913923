"""How suggestions and complaints are answered; they belong to no unit."""

from anlu.apps.suggestions.kinds import FAMILY
from anlu.kernel.cases.figures import family_indicators

family_indicators(FAMILY, order=460, attributed=False)
