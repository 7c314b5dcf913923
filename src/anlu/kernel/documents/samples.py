"""A document of a kind filled with its own labels: what a template looks like before there is data."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from anlu.kernel.documents.composing import Source
from anlu.kernel.documents.define import DocumentKind, Field, FieldType
from anlu.kernel.documents.facts import indicators_in
from anlu.kernel.documents.figures import Figure

DAY: Final = date(2023, 7, 3)


def sample_source(kind: DocumentKind, *, title: str = "", body: str = "", day: date = DAY) -> Source:
    """What a preview is made from: every field holds its label, numbers are ×× ."""
    shipped_title, _, shipped_body = kind.wording.partition("\n")
    title, body = title or shipped_title, body or shipped_body
    figures = {one.name: _figure(one.label, one.unit) for one in kind.fields if one.type == FieldType.FIGURE}
    figures |= {code: _figure(code, "") for code in indicators_in((title, body))}
    return Source(
        title=title,
        body=body,
        facts={one.name: _sample(one, day) for one in kind.fields if one.typed},
        figures={name: figure.plain() for name, figure in figures.items()},
        head="某某县公安局交通管理大队",
        addressee="主送机关" if kind.addressed else "",
        bases=("《法律法规》第×条",),
        reply_words="×个工作日内",
        period_label="2023年上半年",
        number=kind.pattern.format(mark="某公交", word=kind.word, year=day.year, serial=1)
        if kind.numbered
        else "",
        issued_on=day,
    )


def _figure(label: str, unit: str) -> Figure:
    return Figure(label, "××", unit, change="下降××%")


def _sample(one: Field, day: date) -> Any:
    match one.type:
        case FieldType.DATE:
            return day.isoformat()
        case FieldType.CHOICE:
            return one.choices[0][0]
        case FieldType.ROWS:
            return [{name: f"{label}{number}" for name, label in one.columns} for number in (1, 2)]
        case FieldType.LONG:
            return f"（{one.label}）。"
        case _:
            return f"（{one.label}）"
