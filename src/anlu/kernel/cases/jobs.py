"""Work that cases do by themselves."""

from anlu.kernel.cases import escalation  # noqa: F401 - declares the climb
