"""Names of the dictionaries of reports."""

from anlu.kernel.core.dictionaries import uses

PICTURE_KINDS = "reports.picture_kind"

uses(PICTURE_KINDS, "reports.PictureSet", "kind")
