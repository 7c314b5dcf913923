"""What a document says: templates, numbers with an origin, wording, and files that come out the same for ever."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
from django.db import connection

from anlu.engine.documents.docx import render_docx
from anlu.kernel.core.clock import today
from anlu.kernel.core.errors import ChangedMeanwhile
from anlu.kernel.core.models import Upload
from anlu.kernel.core.scope import SYSTEM, Viewer
from anlu.kernel.core.store import path_of
from anlu.kernel.documents import archiving, figures, services
from anlu.kernel.documents.checks import remarks_on
from anlu.kernel.documents.composing import compose
from anlu.kernel.documents.define import in_order, kinds
from anlu.kernel.documents.figures import Figure, FigureUnknown
from anlu.kernel.documents.library import TemplateInUse, void_template, write_template
from anlu.kernel.documents.marks import PRIVATE
from anlu.kernel.documents.models import Archive, Document, LegalBasis, Letterhead, Phrase, Template
from anlu.kernel.documents.samples import sample_source
from anlu.kernel.documents.sources import paper_of
from anlu.kernel.documents.templating import BadTemplate, check_template
from anlu.kernel.people.models import Unit
from tests.kernel.documents.conftest import Office
from tests.kernel.documents.writing import FACTS, drafted, issued, signed

every_kind = pytest.mark.parametrize("kind", in_order(), ids=lambda kind: kind.code)
NAMED = """
隐患抄告单 交通安全建议函 排除妨碍通知书 责令消除隐患通知书 整改通知书 约谈通知书 约谈记录 督办单 挂牌督办通知
解除督办通知 督查通报 曝光通报 调度会纪要 工作方案 送达回证 问责建议函 工作总结 工作简报 通知
"""


class Known:
    """A source of indicators with two figures."""

    def codes(self) -> Iterable[str]:
        return ["crash.count", "crash.killed", "crash.injured"]

    def figure(self, code: str, *, unit: Unit, period: str, viewer: Viewer) -> Figure:
        given = {"crash.count": ("135", "起", "下降10%"), "crash.killed": ("39", "人", "下降26.42%"),
                 "crash.injured": ("102", "人", "下降8.5%")}  # fmt: skip
        if code not in given:
            raise FigureUnknown(code)
        text, unit_word, change = given[code]
        origin = {"kind": "indicator", "code": code, "period": period}
        return Figure(code, text, unit_word, int(text), change, origin)


@pytest.fixture
def indicators(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two indicators are known."""
    monkeypatch.setattr(figures, "_sources", [Known()])


def text_of(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def reloaded(document: Document) -> Document:
    return Document.objects.select_related("unit", "addressee_unit", "template").get(pk=document.pk)


def test_every_legal_document_of_the_dictionary_and_the_three_reports_is_a_kind() -> None:
    assert {kind.label for kind in in_order()} >= set(NAMED.split())


@every_kind
def test_the_wording_that_comes_with_a_kind_names_nothing_unknown(kind: object, indicators: None) -> None:
    title, _, body = kind.wording.partition("\n")  # type: ignore[attr-defined]
    check_template(
        kind,  # type: ignore[arg-type]
        title,
        body,
        knows_phrase=lambda code: True,
        knows_indicator=lambda code: code in Known().codes(),
    )


@pytest.mark.parametrize(
    ("body", "line", "column", "words"),
    [
        ("第一行。\n请于{{ 整改期现 }}前整改。", 2, 6, "没有「整改期现」这一项，可用：.*整改期限"),
        ("{{ 隐患情况", 1, 1, "写法有误"),
        ("{% include 'x' %}", 1, 1, "不能用「include」"),
        ("{{ 隐患情况.__class__ }}", 1, 9, "没有「__class__」"),
        ("{{ 规范('没有') }}", 1, 8, "没有代码为「没有」的规范表述"),
        ("{{ 指标('x.y') }}", 1, 8, "没有代码为「x.y」的指标"),
        ("{{ 隐患情况|attr('x') }}", 1, 9, "没有「attr」这种处理"),
        ("{{ 'a' * 1000000000 }}", 1, 1, "不能用「mul」"),
        ("{% for i in 位置 %}{{ j }}{% endfor %}", 1, 21, "没有「j」"),
        (" ", 1, 1, "不能为空"),
    ],
)
def test_a_template_with_something_unknown_is_refused_when_saved_and_says_where(
    body: str, line: int, column: int, words: str, office: Office
) -> None:
    with pytest.raises(BadTemplate, match=words) as caught:
        write_template("rectification", title="整改通知书", body=body, by=SYSTEM)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert Template.objects.filter(kind="rectification").count() == 1


def test_a_column_of_a_table_in_a_loop_is_checked_too(office: Office) -> None:
    good = "{% for 行 in 发现问题 %}{{ 行.单位 }}{% endfor %}"
    write_template("inspection_bulletin", title="通报", body=good, by=SYSTEM)
    with pytest.raises(BadTemplate, match="没有「姓名」这一列，可用：单位、类别"):
        write_template("inspection_bulletin", title="通报", body=good.replace("单位", "姓名"), by=SYSTEM)


def test_a_new_version_is_used_for_new_documents_and_not_for_signed_ones(office: Office) -> None:
    old = signed(office)
    write_template("referral", title="新标题", body="新正文。", by=SYSTEM, based_on=1)
    assert paper_of(drafted(office)).title == "新标题"
    assert paper_of(reloaded(old)).title.startswith("关于国道105")
    with pytest.raises(ChangedMeanwhile):
        write_template("referral", title="又一版", body="正文。", by=SYSTEM, based_on=1)
    with pytest.raises(TemplateInUse):
        void_template(reloaded(old).template.uid, why="x", by=SYSTEM)  # type: ignore[union-attr]


def test_a_version_of_the_future_waits_for_its_day(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    write_template("referral", title="新标题", body="新正文。", by=SYSTEM, valid_from=date(2023, 8, 1))
    assert paper_of(drafted(office)).title != "新标题"
    monkeypatch.setenv("ANLU_TODAY", "2023-08-01")
    assert paper_of(drafted(office)).title == "新标题"


def test_the_archived_file_is_made_again_byte_for_byte_whatever_changes(office: Office) -> None:
    document = issued(office)
    kept = Archive.objects.get(document=document)
    content = archiving.archived(document)
    assert content is not None
    assert "青公交抄〔2023〕1号" in text_of(content)
    assert "《中华人民共和国道路交通安全法》第二十九条" in text_of(content)
    Letterhead.objects.update(name="改名后的机关", mark="改")
    LegalBasis.objects.update(law="改名后的法")
    write_template("referral", title="新标题", body="新正文。", by=SYSTEM)
    Unit.objects.filter(pk=office.brigade.pk).update(name="改名后的大队")
    again = reloaded(document)
    assert archiving.docx_of(again) == content
    assert archiving.is_reproducible(again)
    assert kept.sha256 == kept.upload.sha256


def test_a_file_is_stored_before_the_transaction_of_its_row(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = signed(office)
    taken, inside = archiving.keep, []

    def watched(*given: Any, **named: Any) -> Any:
        inside.append(len(connection.savepoint_ids))
        return taken(*given, **named)

    monkeypatch.setattr(archiving, "keep", watched)
    made = [archiving.archive(document, content) for content in (b"one", b"another")]
    assert inside == [len(connection.savepoint_ids)]  # in no transaction of its own, and only once
    assert made[0] == made[1]
    assert archiving.archived(document) == b"one"


def test_a_damaged_archive_is_told(office: Office, settings: Any, tmp_path: Path) -> None:
    settings.ANLU_UPLOADS_FOLDER = tmp_path  # other tests keep the same content
    document = issued(office)
    kept = Archive.objects.get(document=document)
    path_of(kept.upload.sha256).write_bytes(b"something else")
    with pytest.raises(archiving.Damaged):
        archiving.archived(document)


def test_the_file_of_a_document_that_names_a_person_is_kept_as_ciphertext(office: Office) -> None:
    facts = {"person": "测试甲", "object": "广告牌", "place": "国道105", "effect": "遮挡标志。"}
    facts["limit_on"] = "2023-07-10"
    document = services.draft_document("clearance", facts, unit=office.brigade, by=office.clerk)
    services.sign(services.check(document, by=office.legal), by=office.deputy)
    services.issue(document, by=office.deputy)
    kept = Archive.objects.get(document=document)
    assert kept.encrypted
    stored = path_of(Upload.objects.get(pk=kept.upload_id).sha256).read_bytes()
    assert not stored.startswith(b"PK")
    content = archiving.archived(reloaded(document))
    assert content is not None
    assert "测试甲" in text_of(content)


def test_numbers_of_a_summary_come_from_indicators_and_keep_their_origin(
    office: Office, indicators: None
) -> None:
    facts = {one.name: "内容" for one in kinds.get("summary").fields}
    document = services.draft_document(
        "summary", facts, unit=office.brigade, by=office.clerk, period="2023H1"
    )
    body = "".join(str(block) for block in paper_of(document).body)
    assert (
        "2023年上半年，全县发生道路交通事故135起、死亡39人、受伤102人，同比分别下降10%、26.42%、8.5%。"
        in body
    )
    assert document.figures["crash.killed"]["origin"] == {
        "kind": "indicator",
        "code": "crash.killed",
        "period": "2023H1",
    }
    marked = paper_of(document, marked=True)
    assert "crash.killed" in json.dumps([str(block) for block in marked.body], ensure_ascii=False)


def test_without_a_period_the_sentence_with_data_is_left_out(office: Office, indicators: None) -> None:
    facts = {one.name: "内容" for one in kinds.get("summary").fields}
    document = services.draft_document("summary", facts, unit=office.brigade, by=office.clerk)
    assert "道路交通事故" not in str(paper_of(document).body)


def test_facts_with_template_signs_are_text(office: Office) -> None:
    document = drafted(office, facts=FACTS | {"隐患情况": "{{ 7*7 }}\ue000x{% if %}。"})
    body = str(paper_of(document).body)
    assert "{{ 7*7 }}" in body
    assert "\ue000" not in body


def test_remarks_name_what_is_missing_wrong_outdated_and_typed(office: Office) -> None:
    assert not Phrase.objects.get(code="wujin").in_force(today())
    findings = "开展宣传五进，死亡3人。死亡4人。"
    document = drafted(office, facts={"位置": "国道105", "隐患情况": findings}, addressee=None)
    found = {one.kind: one.message for one in remarks_on(document)}
    assert "主送、隐患类型、整改建议" in found["missing"]
    assert "七进" in found["outdated"]
    assert "前文为 3人，这里为 4人" in found["differs"]
    assert "没有数据出处" in found["typed"]
    assert {one.kind for one in remarks_on(drafted(office))} == {"unchecked"}
    LegalBasis.objects.update(checked_on=date(2023, 7, 1))
    assert remarks_on(drafted(office)) == []


@every_kind
def test_every_kind_makes_a_file_that_opens(kind: object, office: Office) -> None:
    paper = compose(kind, sample_source(kind))  # type: ignore[arg-type]
    text = text_of(render_docx(paper))
    assert "{{" not in text
    assert not PRIVATE.search(text)
