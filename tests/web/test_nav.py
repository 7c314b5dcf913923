"""The menu as data, places that do not exist, breadcrumbs."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.http import HttpResponse

from anlu.kernel.core.errors import DuplicateCode
from anlu.web.nav import CHAPTERS, Crumb, NoSuchMenuItem, Page, Pages, menu_for, pages, trail_of
from anlu.web.pages.fields import filter_fields
from anlu.web.registering import pages_of
from tests.factories import make_officer


def draw(request: object) -> HttpResponse:
    """A view."""
    return HttpResponse()


def test_the_chapters_are_those_that_people_know() -> None:
    assert [chapter.label for chapter in CHAPTERS] == [
        "今日",
        "一张图",
        "研判",
        "队伍建设",
        "综合治理",
        "路面管控",
        "源头管控",
        "服务发展",
        "宣传教育",
        "统计报告",
        "系统",
    ]
    assert sum(len(chapter.items) for chapter in CHAPTERS) == 102


def test_a_page_cannot_invent_a_menu_item() -> None:
    with pytest.raises(NoSuchMenuItem):
        Pages("page").add(Page("x.y", "x/", "某页", draw, chapter="系统", item="没有这一项"))


def test_two_pages_cannot_share_a_code() -> None:
    found = Pages("page")
    found.add(Page("x.y", "x/", "某页", draw))
    with pytest.raises(DuplicateCode):
        found.add(Page("x.y", "z/", "另一页", draw))


@pytest.mark.django_db
def test_an_item_appears_with_the_permission_of_its_page() -> None:
    reader = make_officer(None, "people.unit.view")
    menu = menu_for(reader, pages.get("people.unit"))
    assert [(chapter.label, [item.label for item in chapter.items]) for chapter in menu] == [
        ("系统", ["人员单位"])
    ]
    assert menu[0].open
    assert menu[0].items[0].active


@pytest.mark.django_db
def test_a_menu_item_opens_the_first_of_its_pages_that_one_may_see() -> None:
    reader = make_officer(None, "places.area.view")
    assert menu_for(reader)[0].items[0].url == "/system/areas/"


@pytest.mark.django_db
def test_the_breadcrumb_leads_from_the_chapter_to_the_record() -> None:
    reader = make_officer(None, "people.unit.view", "people.officer.view")
    trail = trail_of(pages.get("people.unit.detail"), [Crumb("东镇中队")], viewer=reader)
    assert [step.label for step in trail] == ["系统", "人员单位", "单位", "东镇中队"]
    assert [bool(step.url) for step in trail] == [False, True, True, False]


def test_the_breadcrumb_of_a_list_does_not_say_it_twice() -> None:
    assert [step.label for step in trail_of(pages.get("core.term"))] == ["系统", "字典"]


def test_icons_of_menu_ledgers_and_verbs_are_in_the_sprite() -> None:
    import json

    import anlu.web
    from anlu.web.ledgers import ledgers

    known = set(json.loads((Path(anlu.web.__file__).parent / "assets" / "icons.json").read_text()))
    wanted = {chapter.icon for chapter in CHAPTERS}
    for ledger in ledgers:
        wanted |= {ledger.icon, *(verb.icon for verb in ledger.verbs)}
    assert wanted <= known


def test_every_kind_of_filter_is_drawn() -> None:
    from anlu.kernel.core.filters import Selection
    from anlu.web.ledgers import ledgers
    from anlu.web.pages.listing import filters_of

    kinds = {"text", "multiselect", "select", "date_range", "number_range", "word", "hidden"}
    seen = set()
    for ledger in ledgers:
        chosen = [one for one in filters_of(ledger) if type(one).__name__ not in ("AreaFilter", "UnitFilter")]
        chosen = [one for one in chosen if not hasattr(one, "choices")]
        seen |= {field.kind for field in filter_fields(chosen, Selection(), {})}
    assert seen <= kinds


def test_a_ledger_without_services_has_no_pages_that_write() -> None:
    from anlu.web.ledgers import ledgers

    names = {
        page.code.removeprefix("places.area").lstrip(".") for page in pages_of(ledgers.get("places.area"))
    }
    reading = {"", "detail", "print", "columns", "views"}
    assert names == reading | {"export_excel", "export_csv", "export_order", "bulk"}
