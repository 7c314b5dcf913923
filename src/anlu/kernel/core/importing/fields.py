"""What a noun can take from a table: its sheets, and the fields of each, as people map them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

MAIN = ""  # code of the sheet that has the records themselves


class Kind(StrEnum):
    """What the cells of a field say."""

    TEXT = "text"
    CODE = "code"  # a code or a label of a dictionary
    CODES = "codes"  # several, separated by commas
    INTEGER = "integer"
    DECIMAL = "decimal"
    FLAG = "flag"  # yes or no
    MOMENT = "moment"  # date and time, local to the zone of the file
    DAY = "day"
    PERSONAL = "personal"  # an identity or telephone number: encrypted as soon as it is read


KIND_LABELS = {
    Kind.TEXT: "文字",
    Kind.CODE: "代码",
    Kind.CODES: "代码(可多项)",
    Kind.INTEGER: "整数",
    Kind.DECIMAL: "数",
    Kind.FLAG: "是否",
    Kind.MOMENT: "时间",
    Kind.DAY: "日期",
    Kind.PERSONAL: "证件号或电话",
}


@dataclass(frozen=True)
class ImportField:
    """
    One field that a mapping may name.

    Parameters
    ----------
    dictionary
        List of the codes, for ``CODE`` and ``CODES``.
    private
        Names and plates: kept plain, masked where they are shown.
    longest
        Longest text that the table takes; a longer one is cut, and marked, or refused when it is the number.
    least, most
        Bounds of a number; one outside is not used, and marked with ``out_of_bounds``.
    """

    name: str
    label: str
    kind: Kind = Kind.TEXT
    help: str = ""
    required: bool = False
    dictionary: str = ""
    longest: int = 0
    least: float | None = None
    most: float | None = None
    out_of_bounds: str = "unreadable_number"
    private: bool = False

    @property
    def masked(self) -> bool:
        """True for what may not stand in a file that is handed around."""
        return self.private or self.kind is Kind.PERSONAL

    def described(self) -> dict[str, Any]:
        """For ``anlu import fields`` and the mapping page."""
        return {
            "name": self.name,
            "label": self.label,
            "help": self.help,
            "required": self.required,
            "kind": self.kind.value,
            "dictionary": self.dictionary,
        }


@dataclass(frozen=True)
class Sheet:
    """
    One table of an import. ``code`` is ``MAIN`` or the name of a file of children (``casualties``).

    Parameters
    ----------
    known_by
        Fields that together tell a record from all others, where the file has no numbers: a row with the same values
        is the same record. Of such a sheet nothing is kept but what its fields take.
    """

    code: str
    label: str
    fields: tuple[ImportField, ...] = field(repr=False)
    known_by: tuple[str, ...] = ()

    def field(self, name: str) -> ImportField | None:
        """The field with this name."""
        return next((one for one in self.fields if one.name == name), None)
