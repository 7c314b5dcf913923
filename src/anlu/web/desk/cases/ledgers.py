"""A ledger, a map layer and their pages for each declared family of cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from anlu.kernel.cases.imports import add_importer
from anlu.kernel.cases.kinds import Family, families, kinds_of
from anlu.kernel.cases.models import Case
from anlu.kernel.cases.papers import add_subjects
from anlu.kernel.cases.services import REVISION, restore_case, void_case
from anlu.kernel.core.clock import today
from anlu.web.desk.cases.acting import ActPage
from anlu.web.desk.cases.columns import columns_of, filters_of
from anlu.web.desk.cases.detail import CasePage
from anlu.web.desk.cases.extending import extension_of
from anlu.web.desk.cases.lifecycles import Lifecycles
from anlu.web.desk.cases.views import Board, CaseBulk, CaseCalendar, CaseFilePage, CaseList, Photos
from anlu.web.desk.cases.writing import ChangeCase, MovePage, NewCase
from anlu.web.ledgers import BulkDeed, Ledger, Preset, ledgers
from anlu.web.nav import Page
from anlu.web.tiles import PointLayer, Theme, layers

PRESETS = (
    Preset("全部", dict),
    Preset("未办结", lambda: {"stage": "open"}),
    Preset("逾期", lambda: {"due": "overdue"}),
    Preset("本周到期", lambda: {"due": "week"}),
    Preset("本年新增", lambda: {"found_from": f"{today():%Y}-01-01"}),
)


def add_families() -> None:
    """A ledger (and a layer) for every family that has kinds and none yet; documents may be about its cases."""
    add_subjects()
    for family in families:
        if family.code not in ledgers and kinds_of(family.code):
            if family.located:
                layers.add(layer_of(family))
            if family.imports:
                add_importer(family)
            ledgers.add(ledger_of(family))


def ledger_of(family: Family) -> Ledger:
    """The ledger of a family."""
    return Ledger(
        code=family.code,
        path=family.path,
        label=family.label,
        noun=family.noun,
        unit=family.unit,
        chapter=family.chapter,
        item=family.item,
        model=Case,
        columns=columns_of(family),
        filters=filters_of(family),
        presets=PRESETS + extension_of(family).presets,
        order="-found_on",
        title=str,
        related=extension_of(family).related,
        verbs=extension_of(family).verbs,
        void=void_case,
        restore=restore_case,
        layer=layer_code(family) if family.located else "",
        defer=("details", "description"),
        importing=family.code if family.imports else "",
        empty=family.empty,
        views={"": CaseList, "detail": CasePage, "bulk": CaseBulk},
        deeds=(
            BulkDeed("urge", "催办所选", "bell", "handle"),
            BulkDeed("assign", "改派所选", "arrows-exchange", "handle"),
        ),
    )


def layer_code(family: Family) -> str:
    """Code of the map layer of a family."""
    return family.path.replace("/", "-")


def layer_of(family: Family) -> PointLayer:
    """Cases of a family as points of the map."""
    return PointLayer(
        code=layer_code(family),
        label=family.label,
        model=Case,
        permission=family.permission_to("view"),
        ledger=family.code,
        item="隐患",
        filters=filters_of(family),
        themes=(
            Theme(
                "outcome",
                "办理",
                "outcome",
                lambda: (
                    ("", "未办结"),
                    ("resolved", "已办结"),
                    ("dropped", "不予受理"),
                    ("merged", "已并入"),
                ),
            ),
            Theme("kind", "类型", "kind", lambda: [(one.code, one.label) for one in kinds_of(family.code)]),
        ),
        revision=REVISION,
    )


def extra_pages(ledger: Ledger, of: Callable[..., Page]) -> Iterator[Page]:
    """Pages that only ledgers of cases have."""
    if ledger.code not in families:
        return
    one = f"{ledger.path}/<uuid:identity>"
    pages: tuple[tuple[str, str, str, type[Any]], ...] = (
        ("new", f"{ledger.path}/new/", f"登记{ledger.noun}", NewCase),
        ("board", f"{ledger.path}/board/", f"{ledger.label}看板", Board),
        ("calendar", f"{ledger.path}/calendar/", f"{ledger.label}日历", CaseCalendar),
        ("lifecycle", f"{ledger.path}/lifecycle/", f"{ledger.label}办理流程", Lifecycles),
        ("change", f"{one}/change/", f"更正{ledger.noun}", ChangeCase),
        ("move", f"{one}/move/", f"办理{ledger.noun}", MovePage),
        ("act", f"{one}/act/", f"{ledger.noun}其他办理", ActPage),
        ("photos", f"{one}/photos.zip", f"{ledger.noun}照片", Photos),
        ("file", f"{one}/files/<uuid:file>/", f"{ledger.noun}附件", CaseFilePage),
    )
    for name, path, label, view in pages:
        yield of(name, path, label, view)
