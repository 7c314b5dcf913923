"""Names of the dictionaries of plans and honours."""

from anlu.kernel.core.dictionaries import uses

HONOUR_KINDS = "plans.honour_kind"
HONOUR_LEVELS = "plans.honour_level"

uses(HONOUR_KINDS, "plans.Honour", "kind")
uses(HONOUR_LEVELS, "plans.Honour", "level")
