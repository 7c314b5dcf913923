"""What lists and pages show of a case."""

from __future__ import annotations

from django.db.models import Q

from anlu.kernel.cases.deadlines import due_colour, due_words
from anlu.kernel.cases.filters import (
    DUE,
    STAGES,
    AboutFilter,
    AnswerableFilter,
    DueFilter,
    StageFilter,
    colours_of,
    fact_filters,
    returned_filter,
    standing_filters,
    states_of,
)
from anlu.kernel.cases.kinds import Family, Kind, kinds, kinds_of
from anlu.kernel.cases.models import Case
from anlu.kernel.core.clock import today
from anlu.kernel.core.dictionaries import choices, label_of
from anlu.kernel.core.filters import ChoiceFilter, DateFilter, Filter, FlagFilter, TextFilter
from anlu.kernel.people.filters import UnitFilter
from anlu.kernel.places.filters import AreaFilter
from anlu.web.desk.cases.extending import extension_of
from anlu.web.ledgers import Column
from anlu.web.ledgers import Kind as Shown
from anlu.web.stakes import stake_words


def kind_of(case: Case) -> Kind | None:
    """The declaration, None for a kind that nobody declares any more."""
    return kinds.get(case.kind) if case.kind in kinds else None


def kind_words(case: Case) -> str:
    """What the kind is called."""
    found = kind_of(case)
    return found.label if found else case.kind


def state_words(case: Case) -> str:
    """What the state is called."""
    found = kind_of(case)
    return found.lifecycle.label(case.state) if found else case.state


def grade_words(case: Case) -> str:
    """What the grade is called."""
    found = kind_of(case)
    return label_of(found.grades, case.grade) if found and case.grade else case.grade


def place_words(case: Case) -> str:
    """国道105 K12+345, else the words as stated."""
    road = case.road.name if case.road else case.road_name
    stake = stake_words(case.chainage_m)
    return " ".join(part for part in (road, stake) if part) or case.place_text


def due_note(case: Case) -> str:
    """How near the deadline of an open case is."""
    return due_words(case.due_on, today()) if case.closed_on is None else ""


def due_urgency(case: Case) -> str:
    """Red when an open case is over its deadline, amber when that is near."""
    return due_colour(case.due_on, today()) if case.closed_on is None else ""


def columns_of(family: Family) -> tuple[Column, ...]:
    """Columns of a family's list and export."""
    located = (
        Column("place", "位置", value=place_words, kind=Shown.PLACE, joins=("road",)),
        Column("town", "镇街", value="town.name", sort="town__sort_key"),
    )
    graded = any(kind.grades for kind in kinds_of(family.code))
    return (
        Column("number", "编号", kind=Shown.CODE, sort="number"),
        Column("title", "事项"),
        Column("kind", "类型", value=kind_words, kind=Shown.TAG, sort="kind"),
        Column(
            "state", "状态", value=state_words, kind=Shown.STATUS, colours=colours_of(family), sort="state"
        ),
        *((Column("grade", "等级", value=grade_words, kind=Shown.TAG),) if graded else ()),
        *(located if family.located else ()),
        Column("lead", "牵头单位", value="lead.name"),
        Column(
            "handler", "经办人", value="handler.name", listed=not family.located
        ),  # a place needs the room
        Column("due_on", "办理期限", sort="due_on", note=due_note, note_colour=due_urgency),
        Column("found_on", family.found_label, sort="found_on"),
        Column("closed_on", "办结日期", sort="closed_on", listed=False),
        Column("unit", family.unit_label, value="unit.name", listed=False),
        Column("on_time", "按期", listed=False),
        Column("returns", "退回", listed=False),
        Column("rebounds", "反弹", listed=False),
        Column("description", "情况说明", kind=Shown.LONG, listed=False),
        *extension_of(family).columns,
    )


def filters_of(family: Family) -> tuple[Filter, ...]:
    """Filters of a family's list."""
    kinds_here = [(kind.code, kind.label) for kind in kinds_of(family.code)]
    grades = next((kind.grades for kind in kinds_of(family.code) if kind.grades), "")
    return (
        TextFilter("q", "编号、事项、地点", columns=("number", "title", "place_text", "road_name")),
        StageFilter("stage", "办理", choices=lambda: STAGES, common=True),
        DueFilter("due", "期限", choices=lambda: DUE, common=True),
        *(
            (ChoiceFilter("kind", "类型", choices=lambda: kinds_here, common=True),)
            if len(kinds_here) > 1
            else ()
        ),
        ChoiceFilter("state", "状态", choices=lambda: states_of(family)),
        *((ChoiceFilter("grade", "等级", choices=choices(grades)),) if grades else ()),
        *((AreaFilter("town", "镇街", common=True),) if family.located else ()),
        UnitFilter("unit", family.unit_label),
        UnitFilter("lead", "牵头单位"),
        DateFilter("found", family.found_label, column="found_on"),
        DateFilter("deadline", "办理期限", column="due_on"),
        DateFilter("closed", "办结日期", column="closed_on"),
        DateFilter("reopened", "反弹日期", column="reopened_on"),
        returned_filter(family),
        FlagFilter("on_time", "按期办结", yes=Q(on_time=True)),
        FlagFilter("returned", "曾退回", yes=Q(returns__gt=0)),
        FlagFilter("rebound", "曾反弹", yes=Q(rebounds__gt=0)),
        FlagFilter("rechecked", "已回头看", yes=Q(rechecked_on__isnull=False)),
        AboutFilter("about", "所属"),
        *standing_filters(),
        AnswerableFilter("answerable", "应办结"),
        *fact_filters(family),
        *extension_of(family).filters,
    )
