"""Background work of activities, and where the codes of their dictionaries are kept."""

from __future__ import annotations

from anlu.kernel.activities import reminders  # noqa: F401 - declares the reminders
from anlu.kernel.activities.terms import AUDIENCE, FORM, OFFICE
from anlu.kernel.core.dictionaries import uses

uses(AUDIENCE, "activities.Activity", "audience")
uses(FORM, "activities.Activity", "form")
uses(OFFICE, "activities.Activity", "speaker_office")
