"""Reports: what is written, what is left out, whose numbers they are, and what becomes of them."""

from __future__ import annotations

import re
import zipfile
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from anlu.apps.crashes.imports import REVISION
from anlu.apps.crashes.models import Crash, Procedure, Severity
from anlu.apps.crashes.services import change_crash
from anlu.apps.reports import services
from anlu.apps.reports.arrangement import FREE, HALF_YEAR, report_kinds
from anlu.apps.reports.jobs import PDF_JOB
from anlu.apps.reports.models import Report, State
from anlu.apps.reports.printing import docx_of, table_of
from anlu.apps.reports.standalone import html_of
from anlu.apps.reports.watching import watch
from anlu.apps.reports.writing import Text, write
from anlu.engine.periods import Period
from anlu.kernel.core.errors import ChangedMeanwhile, NotAllowed
from anlu.kernel.core.models import Job
from anlu.kernel.core.models.jobs import JobState
from anlu.kernel.core.permissions import permissions
from anlu.kernel.core.revisions import touch
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.documents.archiving import NoPdf
from anlu.kernel.documents.sections import (
    Changes,
    Figure,
    Phrase,
    Section,
    SectionProblem,
    Sentence,
    Side,
    When,
    sections,
)
from anlu.kernel.indicators.closing import close_period
from anlu.kernel.indicators.define import indicators
from anlu.kernel.indicators.evaluate import rows_behind, value_of
from anlu.kernel.indicators.window import Window
from anlu.kernel.people.models import Officer
from tests.apps.crashes.records import ZONE, add_crash, crash_of
from tests.factories import make_officer, make_unit, seed_dictionaries

pytestmark = pytest.mark.django_db
H1 = Window(Period.parse("2023H1"))
SAFETY = sections.get("crashes.safety")


@pytest.fixture(autouse=True)
def july(monkeypatch: pytest.MonkeyPatch) -> None:
    """The business date."""
    monkeypatch.setenv("ANLU_TODAY", "2023-07-03")


@pytest.fixture
def clerk(db: None) -> Officer:
    """Who writes reports and may do everything."""
    return make_officer(make_unit(), *permissions.codes())


def crashes(year: int, count: int, *, injured: int, killed: int) -> None:
    """So many ordinary crashes with so many injured and killed in the first half of a year."""
    Crash.objects.bulk_create(
        crash_of(
            f"{year}-{n}",
            datetime(year, 1 + n % 6, 1 + n % 28, 12, tzinfo=ZONE),
            procedure=Procedure.ORDINARY,
            severity=Severity.FATAL,
            injured=injured // count + (n < injured % count),
            killed=killed // count + (n < killed % count),
        )
        for n in range(count)
    )
    touch(REVISION)


@pytest.fixture
def article(db: None) -> None:
    """The numbers of the oracle: 280 to 187, 242 to 164, 53 to 39 (domain/seed-figures)."""
    crashes(2022, 280, injured=242, killed=53)
    crashes(2023, 187, injured=164, killed=39)


def section(*parts: Any) -> Section:
    """One that nobody registered."""
    return Section("test.section", "测试", "源头管控", parts)


def written(*parts: Any, **more: Any) -> Text:
    """Its text."""
    return write([section(*parts)], H1, SYSTEM, **more)


def words(text: Text) -> str:
    """All of it."""
    return "".join(one.text for one in text.paragraphs)


# ------------------------------------------------------------------------------------------------ writing


def test_the_data_sentence_is_in_the_articles_wording_and_order(article: None) -> None:
    text = write([SAFETY], H1, SYSTEM)
    assert "道路交通一般事故起数、事故受伤、死亡人数同期相比分别下降33.21%、32.23%、26.42%。" in words(text)
    assert "上半年，全县发生道路交通一般事故187起，受伤164人，死亡39人。" in words(text)


def test_every_number_knows_the_rows_that_it_stands_on(article: None) -> None:
    for said in write([SAFETY], H1, SYSTEM).numbers:
        rows = rows_behind(said.indicator, said.found.window, SYSTEM)
        assert rows.count() == said.rows > 0
        assert said.indicator.main.added_up(rows) == said.found.numerator
        if said.side is Side.VALUE:
            assert said.words == str(said.found.value)


def test_deleting_one_record_changes_the_sentence(article: None) -> None:
    Crash.objects.filter(occurred_on__year=2023, killed=1).first().delete()  # type: ignore[union-attr]
    add_crash("touch", date(2019, 1, 1))
    text = words(write([SAFETY], H1, SYSTEM))
    assert "死亡38人" in text
    assert "26.42%" not in text


def test_changes_that_go_different_ways_each_say_theirs() -> None:
    crashes(2022, 4, injured=4, killed=2)
    crashes(2023, 2, injured=8, killed=2)
    text = written(
        Sentence("a", "同比{x}。", {"x": Changes(("crash.count", "crash.injured", "crash.killed"))})
    )
    assert words(text) == "同比分别下降50.00%、上升100.00%、持平。"


def test_a_sentence_without_evidence_is_left_out_and_says_what_it_lacks() -> None:
    crashes(2023, 3, injured=0, killed=0)
    text = written(
        Sentence("killed", "死亡{n}人。", {"n": Figure("crash.killed")}),
        Sentence("none", "死亡{n}人。", {"n": Figure("crash.killed")}, optional=frozenset({"n"})),
        Sentence("change", "起数{n}。", {"n": Figure("crash.count", Side.CHANGE)}),
        Sentence("unknown", "学习{n}次。", {"n": Figure("no.such.indicator")}),
    )
    assert words(text) == "死亡0人。"
    assert [(one.sentence.code, one.why) for one in text.left_out] == [
        ("killed", "「死亡人数」本期没有记录"),
        ("change", "「一般事故起数」上年同期没有记录"),
        ("unknown", "还没有指标「no.such.indicator」"),
    ]


def test_what_is_said_of_all_is_written_only_when_it_is_true_of_all() -> None:
    sentence = Sentence(
        "all",
        "{n}起伤亡事故全部按一般程序处理。",
        {"n": Figure("crash.count"), "share": Figure("crash.ordinary_share")},
        when=(When("share", "=", 1),),
    )
    crashes(2023, 3, injured=3, killed=0)
    assert words(written(sentence)) == "3起伤亡事故全部按一般程序处理。"
    add_crash("S", date(2023, 2, 1), procedure=Procedure.SUMMARY, severity=Severity.SLIGHT)
    assert words(written(sentence)) == ""


def test_a_day_is_said_without_its_year_within_the_year() -> None:
    add_crash("A", date(2023, 5, 30), procedure=Procedure.ORDINARY)
    figures = {"d": Figure("crash.count", Side.DAY), "m": Figure("crash.count", Side.DAY, "month")}
    assert words(written(Sentence("a", "{d}，{m}。", figures))) == "5月30日，5月份。"


def test_who_may_not_see_the_rows_reads_no_number(article: None) -> None:
    text = write([SAFETY], H1, make_officer(make_unit(), "reports.report.view"))
    assert text.numbers == ()
    assert words(text) == ""


# ------------------------------------------------------------------------------------------------ words


def test_people_change_words_and_never_numbers(article: None, clerk: Officer) -> None:
    report = services.start_report(HALF_YEAR, "2023H1", by=clerk)
    key = "crashes.safety.fall"
    report = services.reword(report, key, "三项指数同比{升降}。", by=clerk)
    assert "三项指数同比分别下降33.21%" in words(services.text_of(report, clerk))
    for wrong in ("三项指数同比下降。", "三项指数同比{升降}，降幅26.42%。", "{升降}{别的}", "{升降"):
        with pytest.raises(SectionProblem):
            services.reword(report, key, wrong, by=clerk)
    report = services.reword(report, key, "", by=clerk)
    assert "同期相比分别下降" in words(services.text_of(report, clerk))
    assert report.edits == {}


def test_wording_of_people_holds_no_numbers(article: None, clerk: Officer) -> None:
    report = services.start_report(HALF_YEAR, "2023H1", by=clerk)
    with pytest.raises(SectionProblem):
        services.reword(report, "crashes.safety.opening", "查处酒驾300起。", by=clerk)
    report = services.reword(report, "crashes.safety.opening", "坚持减量控大。", by=clerk)
    assert words(services.text_of(report, clerk)).startswith("坚持减量控大。上半年")


def test_an_empty_slot_for_wording_says_nothing() -> None:
    assert words(written(Phrase("opening", "开头"))) == ""


def test_an_unknown_part_is_refused(clerk: Officer) -> None:
    report = services.start_report(HALF_YEAR, "2023H1", by=clerk)
    with pytest.raises(services.NoSuchReport):
        services.reword(report, "crashes.safety.nothing", "话", by=clerk)


# ------------------------------------------------------------------------------------------------ keeping


def test_a_number_that_changed_since_it_was_kept_is_pointed_out(article: None, clerk: Officer) -> None:
    report = services.keep_numbers(services.start_report(HALF_YEAR, "2023H1", by=clerk), by=clerk)
    assert watch(report, services.text_of(report, clerk), clerk).changed == ()
    add_crash("late", date(2023, 6, 1), procedure=Procedure.ORDINARY, killed=1)
    found = watch(report, services.text_of(report, clerk), clerk).changed
    kept = {one.said.key: (one.kept, one.said.words) for one in found}
    assert kept["crashes.safety.counts.死亡"] == ("39", "40")
    assert "crashes.safety.counts.受伤" not in kept


def test_a_number_unlike_the_closed_one_says_who_changed_it_and_when(article: None, clerk: Officer) -> None:
    close_period("2023H1", by=clerk)
    report = services.start_report(HALF_YEAR, "2023H1", by=clerk)
    thing = Crash.objects.filter(occurred_on__year=2023).earliest("pk")
    change_crash(thing.uid, {"killed": 5}, version=thing.version, by=SYSTEM)
    found = watch(report, services.text_of(report, clerk), clerk)
    changed = next(one for one in found.changed if one.said.key == "crashes.safety.counts.死亡")
    assert changed.closed == 39
    assert [(act.who, act.words, act.label) for act in changed.acts] == [("系统", "更正", thing.number)]


def test_an_approved_report_is_not_changed_until_it_is_opened_again(article: None, clerk: Officer) -> None:
    report = services.start_report(HALF_YEAR, "2023H1", by=clerk)
    writer = make_officer(clerk.unit, "reports.report.view", "reports.report.change", "crashes.crash.view")
    with pytest.raises(NotAllowed):
        services.advance(report, State.FINAL, by=writer)
    report = services.advance(report, State.FINAL, by=clerk)
    assert len(report.numbers) == 6
    with pytest.raises(services.Finished):
        services.reword(report, "crashes.safety.fall", "{升降}", by=writer)
    with pytest.raises(NotAllowed):
        services.advance(report, State.DRAFT, by=writer)
    services.advance(report, State.DRAFT, by=clerk)
    services.reword(report, "crashes.safety.fall", "同比{升降}", by=writer)


def test_what_was_read_may_have_changed_before_it_is_approved(article: None, clerk: Officer) -> None:
    read = services.start_report(HALF_YEAR, "2023H1", by=clerk)
    services.reword(read, "crashes.safety.fall", "同比{升降}", by=clerk)
    with pytest.raises(ChangedMeanwhile, match="起草中"):
        services.advance(read, State.FINAL, by=clerk)
    read = Report.objects.get(pk=read.pk)
    services.advance(read, State.FINAL, by=clerk)
    writer = make_officer(clerk.unit, "reports.report.view", "reports.report.change", "crashes.crash.view")
    with pytest.raises(ChangedMeanwhile, match="已审定"):
        services.advance(read, State.REVIEW, by=writer)  # a draft as they know it
    approved = Report.objects.get(pk=read.pk)
    with pytest.raises(NotAllowed):
        services.advance(approved, State.FINAL, by=clerk)
    assert Report.objects.get(pk=read.pk).state == State.FINAL


def test_the_button_on_an_old_page_approves_nothing(article: None, clerk: Officer, client: Client) -> None:
    report = services.start_report(HALF_YEAR, "2023H1", by=clerk)
    services.advance(report, State.REVIEW, by=clerk)
    client.force_login(clerk)
    page = client.get(reverse("reports.half_year"), {"period": "2023H1"}).content.decode()
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    services.reword(Report.objects.get(pk=report.pk), "crashes.safety.fall", "同比{升降}", by=clerk)
    address = f"{reverse('reports.act', args=['half-year'])}?period=2023H1"
    answer = client.post(address, {"deed": "final", "version": version[1]}, follow=True)
    assert "刚被他人改动" in answer.content.decode()
    assert Report.objects.get(pk=report.pk).state == State.REVIEW


# ------------------------------------------------------------------------------------------------ narrow scope
@pytest.fixture
def narrow(clerk: Officer) -> Officer:
    """Somebody who sees the crashes of their own squadron only."""
    rights = ("reports.report.view", "reports.report.change", "crashes.crash.view")
    return make_officer(make_unit("东镇中队"), *rights, width=Width.OWN)


def test_who_sees_a_part_reads_its_numbers_with_a_note_and_never_those_of_all(
    article: None, clerk: Officer, narrow: Officer, client: Client
) -> None:
    for n in range(3):
        add_crash(f"own-{n}", date(2023, 2, 1 + n), procedure=Procedure.ORDINARY, killed=1, unit=narrow.unit)
    close_period("2023H1", by=clerk)
    report = services.start_report(HALF_YEAR, "2023H1", by=clerk)
    services.keep_numbers(report, by=clerk)
    report = Report.objects.get(pk=report.pk)
    text = services.text_of(report, narrow)
    assert {one.key: one.words for one in text.numbers}["crashes.safety.counts.死亡"] == "3"
    seen = watch(report, text, narrow)
    assert (seen.changed, seen.gone, seen.compared) == ((), (), 0)
    client.force_login(narrow)
    address = {"period": "2023H1"}
    page = client.get(reverse("reports.half_year"), address).content.decode()
    assert page.count("仅含您管辖范围内的记录") >= 1
    assert not re.search(r"关账值|>42<", page)
    number = client.get(reverse("reports.number", args=["half-year", "crashes.safety.counts.死亡"]), address)
    assert "仅含您管辖范围内的记录" in number.content.decode()
    paper = docx_of("总结", text, office="", dated=None)
    inside = zipfile.ZipFile(BytesIO(paper)).read("word/document.xml").decode()
    assert "仅含您管辖范围内的记录" in inside
    client.force_login(clerk)
    assert "仅含您" not in client.get(reverse("reports.half_year"), address).content.decode()


def test_who_sees_a_part_keeps_no_numbers_for_all(article: None, clerk: Officer, narrow: Officer) -> None:
    add_crash("own", date(2023, 2, 1), procedure=Procedure.ORDINARY, killed=1, unit=narrow.unit)
    report = services.start_report(HALF_YEAR, "2023H1", by=clerk)
    with pytest.raises(NotAllowed, match="部分记录"):
        services.keep_numbers(report, by=narrow)
    assert services.keep_numbers(report, by=clerk).numbers


@pytest.mark.parametrize(
    ("rights", "width"),
    [(("crashes.crash.view",), Width.OWN), ((), Width.ALL)],
    ids=["no rows of their own", "no right to read the crashes"],
)
def test_who_reads_no_number_of_a_section_keeps_nothing_over_the_kept_numbers(
    rights: tuple[str, ...], width: Width, article: None, clerk: Officer, client: Client
) -> None:
    may = ("reports.report.view", "reports.report.change", "reports.report.finish", *rights)
    other = make_officer(make_unit("西镇中队"), *may, width=width)
    report = services.start_report(HALF_YEAR, "2023H1", by=clerk)
    assert not services.text_of(report, other).numbers
    for deed in (services.keep_numbers, lambda one, by: services.advance(one, State.FINAL, by=by)):
        with pytest.raises(NotAllowed, match="部分记录"):
            deed(report, by=other)
    kept = services.keep_numbers(report, by=clerk).numbers
    assert Report.objects.get(pk=report.pk).numbers == kept
    for who, offered in ((other, False), (clerk, True)):
        client.force_login(who)
        page = client.get(reverse("reports.half_year"), {"period": "2023H1"}).content.decode()
        assert ("保存全部数字" in page, "仅含您管辖范围内的记录" in page) == (offered, not offered)


# ------------------------------------------------------------------------------------------------ side by side
def test_two_years_stand_side_by_side_each_under_its_own_name(
    clerk: Officer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_crash("before", date(2022, 3, 10), procedure=Procedure.ORDINARY, killed=2)
    add_crash("later", date(2022, 3, 25), procedure=Procedure.ORDINARY, killed=4)
    add_crash("now", date(2023, 3, 10), procedure=Procedure.ORDINARY, killed=1)
    monkeypatch.setenv("ANLU_TODAY", "2023-03-20")
    free = services.add_free_report(
        {"title": "三月", "period": "2023-03-01..2023-03-20", "sections": ["crashes.safety"]}, by=clerk
    )
    client.force_login(clerk)
    for kind, asked in (("free", {"report": str(free.uid)}), ("monthly", {"period": "2023-03"})):
        context = client.get(reverse("reports.beside", args=[kind]), asked).context
        (_, then, now) = next(one for one in context["pairs"] if one[0].code == "crashes.safety")
        told = ["".join(piece.text for part in one.parts for piece in part.pieces) for one in (then, now)]
        assert "死亡2人" in told[0]
        assert "死亡1人" in told[1]
        assert (context["before"][:5], context["after"][:5]) == ("2022年", "2023年")
        assert "20日" in context["before"]


def test_there_is_one_report_of_a_kind_and_period(clerk: Officer) -> None:
    first = services.start_report(HALF_YEAR, "2023H1", by=clerk)
    assert services.start_report(HALF_YEAR, "2023H1", by=clerk).pk == first.pk
    assert Report.objects.count() == 1


@pytest.mark.parametrize("period", ["2023Q1", "2024H1", "上半年"])
def test_a_period_of_another_length_or_not_begun_is_refused(period: str, clerk: Officer) -> None:
    with pytest.raises(services.NoSuchReport):
        services.start_report(HALF_YEAR, period, by=clerk)


def test_a_free_report_takes_what_was_chosen(article: None, clerk: Officer) -> None:
    values = {"title": "春季事故情况", "period": "2023-03-01..2023-05-31", "sections": ["crashes.safety"]}
    report = services.add_free_report({**values, "indicators": ["crash.loss"]}, by=clerk)
    value = value_of(indicators.get("crash.count"), Window(Period.parse(report.period)), clerk).value
    assert f"一般事故{value}起" in words(services.text_of(report, clerk))
    with pytest.raises(services.NoSuchReport):
        services.add_free_report({"title": "空", "period": "2023-03"}, by=clerk)


def test_a_free_report_says_on_paper_what_its_page_says_of_its_figures(
    article: None, clerk: Officer, narrow: Officer, client: Client
) -> None:
    values = {"title": "情况", "period": "2023H1", "indicators": ["crash.count"]}
    address = {"report": str(services.add_free_report(values, by=clerk).uid)}
    for who, noted in ((narrow, True), (clerk, False)):
        client.force_login(who)
        page = client.get(reverse("reports.view", args=[FREE]), address).content.decode()
        answer: Any = client.get(reverse("reports.docx", args=[FREE]), address)
        with zipfile.ZipFile(BytesIO(b"".join(answer.streaming_content))) as paper:
            inside = paper.read("word/document.xml").decode()
        assert ("仅含您管辖范围内的记录" in page, "仅含您管辖范围内的记录" in inside) == (noted, noted)


# ------------------------------------------------------------------------------------------------ paper and page


def test_the_file_holds_the_sentences_and_a_table_of_exact_numbers(article: None) -> None:
    text = write([SAFETY], H1, SYSTEM)
    content = docx_of("总结", text, office="测试大队", dated=date(2023, 7, 3))
    inside = zipfile.ZipFile(BytesIO(content)).read("word/document.xml").decode()
    plain = "".join(part.partition(">")[2].partition("<")[0] for part in inside.split("<w:t")[1:])
    assert "分别下降33.21%、32.23%、26.42%" in plain
    assert "主要指标" in plain
    assert content == docx_of("总结", text, office="测试大队", dated=date(2023, 7, 3))


def test_every_number_of_the_web_version_leads_to_its_rows(
    article: None, clerk: Officer, client: Client
) -> None:
    seed_dictionaries()
    text = write([SAFETY], H1, SYSTEM)
    page = html_of("总结", text)
    links = re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', page)
    assert [shown for _, shown in links] == [one.words for one in text.numbers]
    client.force_login(clerk)
    for (url, _), said in zip(links, text.numbers, strict=True):
        context = client.get(url.replace("&amp;", "&")).context
        listed = context["total"].number if "total" in context else context["count"]
        assert listed == said.rows


@pytest.mark.parametrize("kind", [one.code for one in report_kinds if one.code != FREE])
def test_every_kind_opens_prints_and_says_what_it_lacks(kind: str, clerk: Officer, client: Client) -> None:
    client.force_login(clerk)
    shown = client.get(reverse("reports.view", args=[kind]))
    assert shown.status_code == 200
    assert shown.context["left_out"]
    answer = client.get(reverse("reports.docx", args=[kind]))
    assert b"".join(answer.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]


def test_a_bad_period_in_the_address_is_said_and_nothing_breaks(clerk: Officer, client: Client) -> None:
    client.force_login(clerk)
    answer = client.get(reverse("reports.half_year"), {"period": "2023Q9"})
    assert answer.status_code == 422
    assert "期间" in answer.content.decode()
    assert client.get(reverse("reports.view", args=["nothing"])).status_code == 404


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> None:
    """LibreOffice is there, and makes a file of one line."""

    def converted(content: bytes) -> bytes:
        assert zipfile.is_zipfile(BytesIO(content))
        return b"%PDF-1.7 made"

    monkeypatch.setattr("anlu.kernel.documents.archiving.find_office", lambda: "soffice")
    monkeypatch.setattr("anlu.apps.reports.jobs.pdf_of", converted)


@pytest.mark.parametrize("kind", [HALF_YEAR.code, FREE])
def test_the_pdf_is_made_in_the_background_for_whoever_asked(
    kind: str, office: None, clerk: Officer, client: Client
) -> None:
    asked_for = "period=2023H1"
    if kind == FREE:
        values = {"title": "情况", "period": "2023H1", "sections": ["crashes.safety"]}
        asked_for = f"report={services.add_free_report(values, by=clerk).uid}"
    client.force_login(clerk)
    asked = client.post(f"{reverse('reports.pdf', args=[kind])}?{asked_for}")
    waiting = asked.headers["Location"]
    page = client.get(waiting)
    file_url = page.context["file_url"]
    assert b"".join(client.get(file_url).streaming_content) == b"%PDF-1.7 made"  # type: ignore[attr-defined]
    assert client.get(waiting, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    Job.objects.filter(kind=PDF_JOB).update(state=JobState.CANCELLED)
    page = client.get(waiting)
    assert ("已取消" in page.content.decode(), "已过期" in page.content.decode()) == (True, False)
    client.force_login(make_officer(make_unit(), *permissions.codes()))
    assert client.get(file_url).status_code == 404
    if kind != FREE:
        assert client.get(waiting).status_code == 302


def test_without_libreoffice_no_pdf_is_begun(
    clerk: Officer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANLU_SOFFICE", "")
    client.force_login(clerk)
    address = f"{reverse('reports.pdf', args=['half-year'])}?period=2023H1"
    page = client.post(address, follow=True).content.decode()
    assert "服务器没有安装 LibreOffice" in page
    assert not Job.objects.filter(kind=PDF_JOB).exists()


def test_a_pdf_that_cannot_be_made_says_why(
    office: None, clerk: Officer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(content: bytes) -> bytes:
        raise NoPdf("字体不全")

    monkeypatch.setattr("anlu.apps.reports.jobs.pdf_of", refused)
    client.force_login(clerk)
    asked = client.post(f"{reverse('reports.pdf', args=['half-year'])}?period=2023H1")
    page = client.get(asked.headers["Location"])
    assert "字体不全" in page.content.decode()
    assert page.context["file_url"] == ""


def test_the_numbers_of_the_attachment_stand_in_one_line(article: None) -> None:
    table = table_of([value_of(indicators.get("crash.killed"), H1, SYSTEM)])
    of_type_mm, padding_mm, longest = 10.5 * 0.3528 * 0.6, 4.0, len("100.00%")
    for place in (1, 2):
        assert 156.0 * table.widths[place] / sum(table.widths) >= longest * of_type_mm + padding_mm
