"""How decisions of meetings and tasks of superiors are dealt with."""

from anlu.apps.governance.kinds import DECISIONS, TASKS
from anlu.kernel.cases.figures import family_indicators

family_indicators(DECISIONS, order=410)
family_indicators(TASKS, order=420)
