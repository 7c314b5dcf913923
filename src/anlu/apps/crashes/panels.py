"""Yesterday's crashes on the morning page."""

from __future__ import annotations

from typing import Any, Final

from django.urls import reverse

from anlu.apps.crashes.ledgers import place_of, when
from anlu.apps.crashes.models import Crash
from anlu.apps.crashes.permissions import VIEW
from anlu.apps.crashes.statistics.content import LEDGER
from anlu.engine.periods import Period
from anlu.kernel.core.dictionaries import label_of
from anlu.kernel.indicators.define import indicators
from anlu.kernel.indicators.remembering import remembered_values_of
from anlu.kernel.indicators.window import Window
from anlu.web.figures import in_words, rows_url
from anlu.web.ledgers import ledgers
from anlu.web.panels import Board, Contents, Entry, Sight, Tally, panel

SHOWN: Final = 6
COUNTED: Final = (
    ("crash.all", "全部事故"),
    ("crash.count", "一般事故"),
    ("crash.all_killed", "死亡"),
    ("crash.all_injured", "受伤"),
)
COLOURS: Final = {"fatal": "red", "serious": "amber", "slight": "blue", "damage": "grey"}


@panel(
    "crashes.yesterday",
    "昨日事故",
    permission=VIEW,
    boards=(Board.MORNING, Board.SCREEN),
    rank=10,
    screen="今天",
)
def yesterday(sight: Sight) -> Contents:
    """What the day before counts, and the gravest crashes of it."""
    day = sight.yesterday
    window = Window(Period("span", day, day))
    values = remembered_values_of([indicators.get(code) for code, _ in COUNTED], window, sight.viewer)
    rows: Any = Crash.objects.visible_to(sight.viewer).filter(occurred_on=day)
    gravest = rows.select_related("road", "town").order_by("-killed", "-injured", "occurred_at", "pk")
    number = values[0].rows
    tallies = [
        Tally(
            label,
            *in_words(value.value, value.indicator),
            url=rows_url(value.indicator, window) if value.numerator else "",
            colour="red" if code == "crash.all_killed" and value.numerator else "",
        )
        for (code, label), value in zip(COUNTED, values, strict=True)
    ]
    return Contents(
        note=f"{day.month}月{day.day}日 0–24时",
        tallies=tallies,
        entries=[_entry(crash) for crash in gravest[:SHOWN]] if number else [],
        more=max(0, number - SHOWN),
        url=ledgers.get(LEDGER).url({"occurred_from": day.isoformat(), "occurred_to": day.isoformat()})
        if number
        else "",
    )


def _entry(crash: Crash) -> Entry:
    hurt = [f"死亡{crash.killed}人"] if crash.killed else []
    hurt += [f"受伤{crash.injured}人"] if crash.injured else []
    facts = (label_of("crash.form", crash.form) if crash.form else "", *hurt)
    return Entry(
        f"{when(crash)} {place_of(crash)}",
        reverse(f"{LEDGER}.detail", args=[crash.uid]),
        label_of("crash.severity", crash.severity),
        COLOURS.get(crash.severity, "grey"),
        " · ".join(part for part in facts if part),
    )
