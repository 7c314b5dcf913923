"""Work that cases do by themselves."""

from anlu.kernel.cases import escalation, recounting  # noqa: F401 - declare the climb and the counting anew
