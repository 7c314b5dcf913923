"""Prevention targets on the boards: how each stands, and how likely it is to be reached."""

from __future__ import annotations

from anlu.engine.periods import Period
from anlu.kernel.indicators.permissions import TARGET_VIEW
from anlu.kernel.indicators.remembering import remembered_values_of
from anlu.kernel.indicators.targets import targetable
from anlu.kernel.indicators.window import Window
from anlu.web.desk.indicators import goal_of, known_to
from anlu.web.figures import in_words, own_url
from anlu.web.panels import Board, Contents, Entry, Sight, panel


@panel(
    "figures.targets",
    "预防目标",
    permission=TARGET_VIEW,
    boards=(Board.LEADER, Board.SCREEN),
    rank=10,
    screen="总览",
)
def targets(sight: Sight) -> Contents:
    """Each target of the year with its light, the year so far and the probability of reaching it."""
    if not _sees_all(sight):
        return Contents(empty="预防目标是全大队的；您看到的是本辖区的数字")
    window = Window(Period.parse(str(sight.on.year)).to_date(sight.on))
    known = {one.code for one in known_to(sight.viewer)}
    wanted = [one for one in targetable() if one.code in known]
    entries = []
    for value in remembered_values_of(wanted, window, sight.viewer):
        goal = goal_of(value, sight.viewer)
        if goal is None:
            continue
        words, unit = in_words(value.value, value.indicator)
        what = f"{value.indicator.label} {words}{unit}，{goal.words}"
        note = " · ".join(part for part in (goal.probability, goal.expected) if part)
        url = own_url("indicators.indicator", value.indicator, window)
        entries.append(Entry(what, url, goal.light, goal.colour, note))
    return Contents(entries=entries, empty="今年没有制定预防目标")


def _sees_all(sight: Sight) -> bool:
    """A target of the brigade says nothing about the part that somebody sees."""
    return all(one.is_whole_to(sight.viewer) for one in targetable())
