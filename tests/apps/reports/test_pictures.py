"""The picture library: what records have, for whoever may see the record; noted, chosen for a report, on its paper."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from anlu.apps.hazards.demonstration.pictures import draw_scene
from anlu.apps.plans.services import honours
from anlu.apps.reports.arrangement import HALF_YEAR
from anlu.apps.reports.library import FILTERS, Library, Picture
from anlu.apps.reports.models import Report, State
from anlu.apps.reports.permissions import CHANGE, PICTURE_CHANGE, PICTURE_VIEW, VIEW
from anlu.apps.reports.picturing import (
    PictureProblem,
    change_placed,
    keep_masked,
    may_note,
    note_picture,
    picture_for,
    place_picture,
    placed_in,
    take_out,
)
from anlu.apps.reports.printing import docx_of
from anlu.apps.reports.services import Finished, NoSuchReport, advance, start_report, text_of
from anlu.apps.reports.standalone import html_of
from anlu.kernel.cases import files as case_files
from anlu.kernel.core.attachments import attach, attachments_of, detach, keep_files
from anlu.kernel.core.clock import now
from anlu.kernel.core.errors import NotAllowed, NotFound
from anlu.kernel.core.filters import Selection
from anlu.kernel.core.models import AuditEntry, Record
from anlu.kernel.core.permissions import permissions
from anlu.kernel.core.scope import SYSTEM, Viewer, Width
from anlu.kernel.people.models import Officer, Unit
from tests.contracts.makers import MAKERS
from tests.factories import make_area, make_officer, make_unit, png_picture, seed_dictionaries

pytestmark = pytest.mark.django_db
STUDY = "team.study"
USABLE = {"rights": "report", "rights_basis": "本单位拍摄", "masking": "clear"}


@pytest.fixture(autouse=True)
def store(tmp_path: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An upload store of the test's own, on the business date."""
    settings.ANLU_UPLOADS_FOLDER = tmp_path
    monkeypatch.setenv("ANLU_TODAY", "2023-07-03")


@pytest.fixture
def unit(db: None) -> Unit:
    """Whose records have the pictures."""
    return make_unit()


@pytest.fixture
def clerk(unit: Unit) -> Officer:
    """Who may do everything everywhere."""
    return make_officer(unit, *permissions.codes())


def honour(unit: Unit, title: str = "先进集体", on: date = date(2023, 6, 16)) -> Any:
    """An honour of a unit."""
    values = {
        "title": title,
        "kind": "plaque",
        "level": "city",
        "granted_by": "市局",
        "granted_on": on,
        "unit": unit,
    }
    return honours.add(values, by=SYSTEM)


def pictured(thing: Record, content: bytes = b"", caption: str = "授牌现场") -> Picture:
    """The picture that a record was given."""
    kept = keep_files([(content or png_picture(), "现场.jpg")], by=SYSTEM)
    return picture_for(SYSTEM, attach(thing, kept, by=SYSTEM, caption=caption)[0].uid)


def usable(thing: Record, **more: Any) -> Picture:
    """One that may stand in a report."""
    picture = pictured(thing, **more)
    note_picture(picture, USABLE, by=SYSTEM)
    return picture_for(SYSTEM, picture.uid)


def found(viewer: Viewer, **stated: str) -> list[str]:
    """Captions of what an address finds."""
    library = Library(viewer, Selection.read(FILTERS, {name: [value] for name, value in stated.items()}))
    shown = [one.caption for one in library.slice()]
    assert library.total() == len(shown)
    return shown


def report_of(clerk: Viewer) -> Report:
    """The half-year report."""
    return start_report(HALF_YEAR, "2023H1", by=clerk)


# ------------------------------------------------------------------------------------------------ the library
def test_pictures_of_every_ledger_that_takes_files_are_in_one_library(unit: Unit, clerk: Officer) -> None:
    seed_dictionaries()
    town = make_area()
    honoured = pictured(honour(unit))
    activity = pictured(MAKERS["team.study"](unit, town), caption="专题党课")
    own = Library(clerk, files=[attachments_of(MAKERS["reports.picture"](unit, town)).get().uid]).slice()[0]
    case: Any = MAKERS["hazards.hazard"](unit, town)
    drawn = draw_scene("vegetation", after=True, seed=1, at=now())
    kept = case_files.keep_files([(drawn, "后.jpg", "after")], by=SYSTEM)
    file = case_files.attach(case.uid, kept, by=SYSTEM)[0]
    shown = Library(clerk).slice()
    assert {one.uid for one in shown} == {honoured.uid, activity.uid, own.uid, file.uid}
    assert len(shown) == 4
    repaired = next(one for one in shown if one.uid == file.uid)
    assert repaired.caption == f"{case} 整改后"
    assert repaired.thing == case


def test_a_picture_is_listed_on_the_day_of_its_record(unit: Unit) -> None:
    pictured(honour(unit, on=date(2023, 5, 4)))
    assert Library(SYSTEM).slice()[0].day == date(2023, 5, 4)
    assert found(SYSTEM, day_from="2023-05-04", day_to="2023-05-04") == ["授牌现场"]
    assert found(SYSTEM, day_from="2023-05-05") == []


def test_pictures_are_found_by_words_of_the_record_and_of_the_picture(unit: Unit) -> None:
    pictured(honour(unit, "国优车管所"), caption="授牌")
    noted = pictured(honour(unit, "支持地方发展奖"), caption="颁奖")
    note_picture(noted, {"caption": "县政府表彰"}, by=SYSTEM)
    assert found(SYSTEM, q="国优") == ["授牌"]
    assert found(SYSTEM, q="县政府") == ["县政府表彰"]
    assert found(SYSTEM, q="授牌") == ["授牌"]
    assert found(SYSTEM, source="plans.honour", q="发展") == ["县政府表彰"]
    assert found(SYSTEM, source="team.study") == []


def test_pictures_are_found_by_unit_rights_and_masking(unit: Unit) -> None:
    other = make_unit()
    usable(honour(unit), caption="可用")
    blocked = pictured(honour(other), caption="待遮挡")
    note_picture(blocked, USABLE | {"masking": "needed", "masking_note": "号牌"}, by=SYSTEM)
    pictured(honour(other), caption="没有标注")
    assert found(SYSTEM, unit=unit.code) == ["可用"]
    assert found(SYSTEM, rights="-") == ["没有标注"]
    assert sorted(found(SYSTEM, rights="report")) == ["可用", "待遮挡"]
    assert found(SYSTEM, masking="needed") == ["待遮挡"]
    assert len(found(SYSTEM)) == 3


def test_whoever_may_not_see_the_record_sees_no_picture_by_any_address(unit: Unit, client: Client) -> None:
    picture = usable(honour(unit))
    note_picture(picture, USABLE, by=SYSTEM, masked=keep_masked(png_picture("red"), "遮.png", by=SYSTEM))
    addresses = [picture.url, picture_for(SYSTEM, picture.uid).image]
    outsider = make_officer(make_unit(), *permissions.codes(), width=Width.OWN)
    reader = make_officer(unit, PICTURE_VIEW, VIEW)  # sees the library, not the ledger of honours
    insider = make_officer(unit, *permissions.codes(), width=Width.OWN)
    for viewer, status in ((outsider, 404), (reader, 404), (insider, 200)):
        client.force_login(viewer)
        assert [client.get(address).status_code for address in addresses] == [status, status]
        listed = client.get(reverse("reports.library")).content.decode()
        assert (str(picture.uid) in listed) == (status == 200)
        assert Library(viewer).total() == (1 if status == 200 else 0)


def test_a_picture_that_was_taken_out_is_in_the_library_no_more(unit: Unit) -> None:
    thing = honour(unit)
    picture = pictured(thing)
    detach(thing, picture.uid, why="重复", by=SYSTEM)
    assert Library(SYSTEM).total() == 0
    with pytest.raises(NotFound):
        picture_for(SYSTEM, picture.uid)


def test_the_library_asks_as_many_questions_for_thirty_pictures_as_for_three(unit: Unit) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert Library(SYSTEM).slice()
        return len(asked)

    for _ in range(3):
        pictured(honour(unit))
    few = questions()
    for _ in range(27):
        pictured(honour(unit))
    assert questions() == few


def test_all_pictures_are_counted_by_one_question_and_none_twice(unit: Unit, clerk: Officer) -> None:
    for viewer in (SYSTEM, clerk):
        library = Library(viewer)
        before = library.total()
        pictured(honour(unit))
        with CaptureQueriesContext(connection) as asked:
            assert Library(viewer).total() == before + 1 == len(Library(viewer).slice())
        counts = [one for one in asked if "COUNT(" in one["sql"]]
        assert len(counts) == 1


# ------------------------------------------------------------------------------------------------ notes
@pytest.mark.parametrize(
    ("values", "why_not"),
    [
        ({}, "还没有说明使用许可"),
        ({"rights": "internal"}, "不得使用"),
        ({"rights": "public", "rights_basis": "本人同意"}, "还没有检查是否须遮挡"),
        (USABLE | {"masking": "needed", "masking_note": "号牌"}, "须先遮挡"),
        (USABLE, ""),
    ],
)
def test_a_picture_may_be_used_only_with_rights_and_checked_for_faces(
    unit: Unit, values: dict[str, str], why_not: str
) -> None:
    picture = pictured(honour(unit))
    note_picture(picture, values, by=SYSTEM)
    assert picture_for(SYSTEM, picture.uid).why_not == why_not


@pytest.mark.parametrize(
    "values",
    [{"rights": "public"}, {"masking": "done"}, {"masking": "needed"}],
    ids=["rights without a basis", "masked without a copy", "to be masked and not what"],
)
def test_a_note_that_contradicts_itself_is_refused(unit: Unit, values: dict[str, str]) -> None:
    with pytest.raises(PictureProblem):
        note_picture(pictured(honour(unit)), values, by=SYSTEM)


def test_a_masked_copy_is_shown_and_used_in_the_place_of_the_picture(unit: Unit) -> None:
    picture = pictured(honour(unit), png_picture("green"))
    note_picture(picture, USABLE, by=SYSTEM, masked=keep_masked(png_picture("red"), "遮.png", by=SYSTEM))
    masked = picture_for(SYSTEM, picture.uid)
    assert not masked.why_not
    with Image.open(BytesIO(masked.content())) as shown:
        red, green, _ = shown.convert("RGB").getpixel((5, 5))  # type: ignore[misc]
    assert red > 200 > green


def test_only_those_who_may_note_there_note_and_it_is_recorded_with_the_record(unit: Unit) -> None:
    thing = honour(unit)
    picture = pictured(thing)
    here = make_officer(unit, PICTURE_CHANGE, width=Width.OWN)
    elsewhere = make_officer(make_unit(), PICTURE_CHANGE, width=Width.OWN)
    assert may_note(picture, here)
    assert not may_note(picture, elsewhere)
    with pytest.raises(NotAllowed):
        note_picture(picture, USABLE, by=elsewhere)
    note_picture(picture, USABLE, by=here)
    entry = AuditEntry.objects.filter(thing_uid=thing.uid, action="change").get()
    assert entry.changes["rights"] == ["", "report"]


def test_the_form_of_a_picture_keeps_its_note(unit: Unit, clerk: Officer, client: Client) -> None:
    picture = pictured(honour(unit))
    client.force_login(clerk)
    refused = client.post(picture.url, {"rights": "public"})
    assert refused.status_code == 422
    assert "许可依据" in refused.content.decode()
    copy = SimpleUploadedFile("遮.png", png_picture("red"))
    saved = client.post(picture.url, USABLE | {"caption": "授牌", "alt": "两人手持奖牌", "masked": copy})
    assert saved.status_code == 302
    noted = picture_for(SYSTEM, picture.uid)
    assert (noted.caption, noted.alt, noted.note.get_masking_display()) == ("授牌", "两人手持奖牌", "已遮挡")
    assert client.get(noted.image).headers["Content-Type"] == "image/jpeg"


# ------------------------------------------------------------------------------------------------ in a report
def test_a_chosen_picture_stands_in_the_file_and_on_the_web_page_with_words_for_who_cannot_see_it(
    unit: Unit, clerk: Officer
) -> None:
    picture = usable(honour(unit), content=draw_scene("vegetation", after=True, seed=1, at=now()))
    note_picture(picture, USABLE | {"alt": "民警清理树木"}, by=SYSTEM)
    picture = picture_for(clerk, picture.uid)
    report = place_picture(report_of(clerk), picture, STUDY, "清理后的路口", by=clerk)
    placed = placed_in(report, clerk)
    text = text_of(report, clerk)
    made = ZipFile(BytesIO(docx_of("总结", text, office="", dated=None, pictures=placed)))
    document = made.read("word/document.xml").decode()
    assert 'descr="民警清理树木"' in document
    assert "图1　清理后的路口" in document
    media = [name for name in made.namelist() if name.startswith("word/media/")]
    assert len(media) == 1
    with Image.open(BytesIO(made.read(media[0]))) as shown:
        assert not shown.getexif()
    page = html_of("总结", text, placed)
    assert re.search(r'<img src="data:image/jpeg;base64,[^"]+" alt="民警清理树木">', page)
    assert reverse("plans.honour.detail", args=[picture.thing.uid]) in page


def test_a_picture_without_rights_a_second_time_or_in_no_section_is_refused(
    unit: Unit, clerk: Officer
) -> None:
    report = report_of(clerk)
    with pytest.raises(PictureProblem, match="使用许可"):
        place_picture(report, pictured(honour(unit)), STUDY, by=clerk)
    picture = usable(honour(unit))
    with pytest.raises(NoSuchReport):
        place_picture(report, picture, "no.such", by=clerk)
    place_picture(report, picture, STUDY, by=clerk)
    with pytest.raises(PictureProblem, match="已在报告里"):
        place_picture(report, picture, STUDY, by=clerk)


def test_pictures_are_numbered_in_the_order_of_the_sections_and_change_places(
    unit: Unit, clerk: Officer
) -> None:
    report = report_of(clerk)
    for caption, section in (("甲", "hazards.hazards"), ("乙", STUDY), ("丙", STUDY)):
        place_picture(report, usable(honour(unit), caption=caption), section, by=clerk)

    def words() -> list[str]:
        return [one.words for one in placed_in(Report.objects.get(pk=report.pk), clerk)]

    assert words() == ["图1　乙", "图2　丙", "图3　甲"]
    last = placed_in(Report.objects.get(pk=report.pk), clerk)[1]
    change_placed(report, last.file, {"up": "1", "caption": "丁"}, by=clerk)
    assert words() == ["图1　丁", "图2　乙", "图3　甲"]
    take_out(report, last.file, by=clerk)
    assert words() == ["图1　乙", "图2　甲"]


def test_a_reader_gets_only_pictures_whose_records_they_may_see(unit: Unit, clerk: Officer) -> None:
    report = place_picture(report_of(clerk), usable(honour(unit)), STUDY, by=clerk)
    outsider = make_officer(make_unit(), *permissions.codes(), width=Width.OWN)
    shown = placed_in(report, outsider)
    assert [one.picture for one in shown] == [None]
    text = text_of(report, outsider)
    made = ZipFile(BytesIO(docx_of("总结", text, office="", dated=None, pictures=shown)))
    assert not [name for name in made.namelist() if name.startswith("word/media/")]
    assert "base64" not in html_of("总结", text, shown)


def test_a_picture_that_may_not_be_used_any_more_leaves_the_report(unit: Unit, clerk: Officer) -> None:
    picture = usable(honour(unit))
    report = place_picture(report_of(clerk), picture, STUDY, by=clerk)
    note_picture(picture, {"rights": "internal"}, by=clerk)
    assert [one.why for one in placed_in(report, clerk)] == ["不得使用"]


def test_an_approved_report_keeps_its_pictures(unit: Unit, clerk: Officer) -> None:
    picture = usable(honour(unit))
    report = place_picture(report_of(clerk), picture, STUDY, by=clerk)
    advance(report, State.FINAL, by=clerk)
    with pytest.raises(Finished):
        take_out(report, picture.uid, by=clerk)


def test_pictures_are_chosen_on_the_page_of_a_report(unit: Unit, clerk: Officer, client: Client) -> None:
    picture = usable(honour(unit))
    pictured(honour(unit, on=date(2022, 3, 1)), caption="去年的")
    client.force_login(clerk)
    address = f"{reverse('reports.pictures', args=['half-year'])}?period=2023H1"
    first = client.get(address).content.decode()
    assert "授牌现场" in first
    assert "去年的" not in first
    deed = {"deed": "place", "file": str(picture.uid), "section": STUDY}
    assert client.post(address, deed).status_code == 302
    page = client.get(f"{reverse('reports.view', args=['half-year'])}?period=2023H1").content.decode()
    assert f'src="{picture.image}"' in page
    assert "图1　授牌现场" in page
    assert client.post(address, deed | {"deed": "out"}).status_code == 302
    assert not Report.objects.get().pictures


def test_choosing_pictures_needs_the_right_to_write_the_report(unit: Unit, client: Client) -> None:
    address = f"{reverse('reports.pictures', args=['half-year'])}?period=2023H1"
    for officer, status in (
        (make_officer(unit, VIEW, PICTURE_VIEW), 403),
        (make_officer(unit, VIEW, CHANGE), 200),
    ):
        client.force_login(officer)
        assert client.get(address).status_code == status
