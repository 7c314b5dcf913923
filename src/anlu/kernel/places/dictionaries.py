"""Where the codes of the road dictionaries are kept, so that a used one is never deleted."""

from __future__ import annotations

from anlu.kernel.core.dictionaries import uses

ADMINISTRATIVE_CLASS = "places.administrative_class"
TECHNICAL_CLASS = "places.technical_class"
JUNCTION_FORM = "places.junction_form"
SEGMENT_FORM = "places.segment_form"
SEPARATION = "places.separation"
ROAD_SAFETY = "places.road_safety"
DANGEROUS = ("2", "3", "4")  # of ROAD_SAFETY: a hazard remains, is being treated, is untreated
SEGMENT_MARK = "places.segment_mark"
SCHOOL_BREAK = "places.school_break"  # each entry is a span of days; no record holds its code

uses(ADMINISTRATIVE_CLASS, "places.Road", "administrative_class")
uses(TECHNICAL_CLASS, "places.Road", "technical_class")
uses(JUNCTION_FORM, "places.Junction", "form")
uses(TECHNICAL_CLASS, "places.Segment", "technical_class")
uses(SEGMENT_FORM, "places.Segment", "form")
uses(SEPARATION, "places.Segment", "separation")
uses(ROAD_SAFETY, "places.Segment", "safety")
uses(SEGMENT_MARK, "places.Segment", "marks", many=True)
