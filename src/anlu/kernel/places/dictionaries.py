"""Where the codes of the road dictionaries are kept, so that a used one is never deleted."""

from __future__ import annotations

from anlu.kernel.core.dictionaries import uses

ADMINISTRATIVE_CLASS = "places.administrative_class"
TECHNICAL_CLASS = "places.technical_class"
JUNCTION_FORM = "places.junction_form"
SCHOOL_BREAK = "places.school_break"  # each entry is a span of days; no record holds its code

uses(ADMINISTRATIVE_CLASS, "places.Road", "administrative_class")
uses(TECHNICAL_CLASS, "places.Road", "technical_class")
uses(JUNCTION_FORM, "places.Junction", "form")
