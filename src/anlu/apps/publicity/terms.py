"""Names of the dictionaries of publicity."""

from anlu.kernel.activities.terms import OFFICE
from anlu.kernel.core.dictionaries import uses

CHANNELS = "publicity.channel"

uses(CHANNELS, "publicity.Series", "channel")
uses(OFFICE, "publicity.Column", "office")
