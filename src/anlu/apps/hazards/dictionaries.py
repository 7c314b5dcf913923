"""Where the codes of the hazard dictionaries are kept, so that a used one is never deleted."""

from __future__ import annotations

from anlu.apps.hazards import terms
from anlu.kernel.core.dictionaries import uses

uses(terms.GRADE, "cases.Case", "grade")
uses(terms.MEASURE, "hazards.WorkDone", "measure")
uses(terms.MEASURE, "hazards.Market", "measure")
uses(terms.WORK, "hazards.WorkDone", "item")
uses(terms.INTERIM, "hazards.InterimMeasure", "measure")
uses(terms.ROAD_CLASS, "hazards.Responsibility", "road_class")
uses(terms.ASPECT, "hazards.Responsibility", "aspect")
uses(terms.RULE_FACT, "hazards.GradeRule", "fact")
uses(terms.MARKET_KIND, "hazards.Market", "kind")
uses(terms.MARKET_STATE, "hazards.Market", "state")
uses(terms.CALENDAR, "hazards.Market", "calendar")
