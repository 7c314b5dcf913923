"""综合治理 › 督办约谈挂牌 › 公文登记簿: everything that was issued, or is about to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.urls import reverse

from anlu.kernel.core.clock import today
from anlu.kernel.core.filters import ChoiceFilter, DateFilter, FlagFilter, TextFilter
from anlu.kernel.core.history import history_of
from anlu.kernel.documents import define, services
from anlu.kernel.documents import permissions as may
from anlu.kernel.documents.checks import remarks_on
from anlu.kernel.documents.define import ADDRESSEES, FieldType, kinds
from anlu.kernel.documents.figures import figure_from
from anlu.kernel.documents.models import (
    OPEN_STATES,
    STATE_COLOURS,
    Delivery,
    Document,
    DocumentEvent,
    LegalBasis,
    Reply,
    State,
)
from anlu.kernel.documents.models.documents import event_words
from anlu.kernel.documents.sources import facts_of, period_label
from anlu.kernel.documents.subjects import link_of
from anlu.kernel.people.filters import UnitFilter
from anlu.kernel.people.models import Officer
from anlu.web.cells import words_of
from anlu.web.desk.documents.keeping import retention_deeds
from anlu.web.desk.documents.steps import steps_for
from anlu.web.ledgers import Column, DetailSection, Kind, Ledger, Personal, RelatedRows, ledgers
from anlu.web.masking import masked
from anlu.web.nav import pages
from anlu.web.pages.detail import Detail, Event
from anlu.web.papers import origin_words

CHAPTER, ITEM = "综合治理", "督办约谈挂牌"
CODE = "documents.document"
PATH = ("拟稿", "核稿", "签发", "印发", "送达", "回复")


def _kind(document: Document) -> str:
    return kinds.get(document.kind).label if document.kind in kinds else document.kind


def _number(document: Document) -> str:
    if not document.number:
        return ""
    return f"{document.number}（已撤回）" if document.state == State.WITHDRAWN else document.number


def _due(document: Document) -> str:
    if document.due_on is None or document.state not in OPEN_STATES:
        return ""
    days = (document.due_on - today()).days
    words = f"还有{days}天" if days > 0 else "今天到期" if days == 0 else f"逾期{-days}天"
    return f"{words}（暂定）" if document.due_provisional else words


NUMBER = Column("number", "文号", value=_number, kind=Kind.CODE, sort="number")
TITLE = Column("title", "标题", sort="title")
KIND = Column("kind", "种类", value=_kind, sort="kind")
STATE = Column("state", "状态", kind=Kind.STATUS, colours=STATE_COLOURS, sort="state")
ADDRESSEE = Column("addressee_name", "主送")
UNIT = Column(
    "unit",
    "发文单位",
    value=lambda one: one.unit.short_name or one.unit.name,
    sort="unit__sort_key",
    joins=("unit",),
)
ISSUED = Column("issued_on", "成文日期", sort="issued_on")
DUE = Column("due_on", "回复期限", note=_due, sort="due_on")


def _kept(document: Document) -> Any:
    return "永久" if document.retention_years == 0 else document.keep_until


def _service_form(delivery: Delivery, viewer: Officer) -> str:
    return f"{reverse(f'{CODE}.service', args=[delivery.document.uid])}?delivery={delivery.uid}"


class DocumentPage(Detail):
    """A document with its content, path, remarks, steps and timeline."""

    template = "web/documents/document.html"

    def more(self, thing: Document) -> dict[str, Any]:
        return facts_beside(thing, self.viewer)


DOCUMENTS = ledgers.add(
    Ledger(
        code=CODE,
        path="documents",
        label="公文登记簿",
        noun="公文",
        unit="份",
        chapter=CHAPTER,
        item=ITEM,
        rank=60,
        model=Document,
        columns=(
            TITLE,
            NUMBER,
            KIND,
            STATE,
            ADDRESSEE,
            DUE,
            ISSUED,
            UNIT,
            Column("drafted_by_name", "拟稿人"),
            Column("created_at", "拟稿时间", sort="created_at", listed=False),
        ),
        filters=(
            TextFilter("q", "文号、标题、主送", columns=("number", "title", "addressee_name")),
            ChoiceFilter("kind", "种类", choices=define.choices, common=True),
            ChoiceFilter("state", "状态", choices=lambda: State.choices, common=True),
            UnitFilter("unit", "发文单位"),
            ChoiceFilter(
                "to",
                "主送类别",
                column="addressee_kind",
                choices=lambda: [(one.value, label) for one, label in ADDRESSEES.items() if one.value],
            ),
            DateFilter("issued", "成文", column="issued_on", common=True),
            DateFilter("due", "回复期限", column="due_on"),
            FlagFilter("overdue", "逾期未复", yes=Q(state=State.OVERDUE)),
        ),
        order="-created_at",
        title=lambda document: f"{document.number} {document.title}".strip(),
        head=("kind", "state", "addressee_name", "due_on"),
        sections=(
            DetailSection(
                "办理",
                (
                    NUMBER,
                    UNIT,
                    Column(
                        "drafted_by_name",
                        "拟稿",
                        note=lambda one: str(one.drafted_unit),
                        joins=("drafted_unit",),
                    ),
                    Column("checked_by_name", "核稿"),
                    Column("signed_by_name", "签发", note=lambda one: words_of(one.signed_on)),
                    ISSUED,
                    Column("delivered_on", "送达日期"),
                    Column("replied_on", "回复日期"),
                    Column("copies_to", "抄送"),
                    Column("urgency", "紧急程度"),
                    Column("secrecy", "密级"),
                    Column("withdrawn_why", "撤回原因", kind=Kind.LONG),
                    Column("keep_until", "保管到", value=_kept),
                    Column("disposal_why", "鉴定意见", note=lambda one: one.disposal_by_name),
                    Column("destroyed_on", "销毁日期", note=lambda one: one.destroyed_by_name),
                    Column("destroyed_how", "销毁记录", kind=Kind.LONG),
                ),
            ),
        ),
        related=(
            RelatedRows(
                "delivery",
                "送达回证",
                Delivery,
                through="document",
                permission=may.VIEW,
                columns=(
                    Column("on", "送达日期"),
                    Column("method", "方式"),
                    Column("addressee", "受送达人"),
                    Column("receiver", "收件人", personal=Personal.NAME),
                    Column("refused", "拒收", kind=Kind.FLAG),
                    Column("witnesses", "见证人", personal=Personal.NAME),
                    Column("servers", "送达人", joins=("document",)),
                ),
                empty="还没有送达",
                link=_service_form,
                deed="打印回证",
            ),
            RelatedRows(
                "reply",
                "回复",
                Reply,
                through="document",
                permission=may.VIEW,
                columns=(
                    Column("on", "日期"),
                    Column("by", "回复单位"),
                    Column("text", "内容"),
                    Column("final", "已办结"),
                ),
                empty="还没有回复",
            ),
        ),
        void=services.void_draft,
        views={"detail": DocumentPage},
        permissions={"add": may.DRAFT, "change": may.DRAFT},
        icon="file-text",
        empty="这里登记大队和交安委办发出的公文：拟稿、核稿、签发、编号、送达、回复。点「登记公文」拟第一份。",
    )
)


def facts_beside(document: Document, viewer: Officer) -> dict[str, Any]:
    """What the page of a document shows besides the ledger's own: content, path, remarks, steps, timeline."""
    kind = kinds.get(document.kind)
    early = document.state in (State.DRAFT, State.CHECKED)
    link = link_of(document.about_kind, document.about_uid, viewer=viewer)
    address = {name: reverse(f"{CODE}.{name}", args=[document.uid]) for name in ("paper", "docx", "pdf")}
    return {
        "kind": kind,
        "content": content_of(document),
        "numbers": numbers_of(document),
        "bases": document.frozen.get("bases") or base_names(document),
        "path_steps": path_of(document),
        "remarks": remarks_on(document, viewer) if early else [],
        "checks": early,
        "deeds": steps_for(document, viewer)
        + _own_deeds(document, viewer)
        + retention_deeds(document, viewer),
        "about": link,
        "period": period_label(document.period),
        "events": timeline(document),
        "archives": document.archives.all(),
        "phrases": phrases_of(document),
        "service_url": reverse(f"{CODE}.service", args=[document.uid])
        if document.issued_on is not None
        and document.destroyed_on is None
        and document.state != State.WITHDRAWN
        and kind.addressed
        else "",
        **{f"{name}_url": url for name, url in address.items()},
    }


def _own_deeds(document: Document, viewer: Officer) -> list[dict[str, str]]:
    """Changing and voiding a draft."""
    found = []
    if document.state == State.DRAFT and pages.get(f"{CODE}.change").allows(viewer):
        url = reverse(f"{CODE}.change", args=[document.uid])
        found.append({"label": "改稿", "icon": "pencil", "url": url, "why": ""})
    if (
        document.state in (State.DRAFT, State.CHECKED, State.SIGNED)
        and not document.number
        and viewer.may(may.VOID)
    ):
        url = reverse(f"{CODE}.void", args=[document.uid])
        found.append({"label": "作废", "icon": "trash", "url": url, "why": ""})
    return found


def content_of(document: Document) -> list[dict[str, Any]]:
    """Facts with their labels; what names a person stays masked."""
    kind = kinds.get(document.kind)
    found: list[dict[str, Any]] = []
    for one in kind.fields:
        value = document.facts.get(one.name)
        if one.personal:
            value = masked(facts_of(document).get(one.name, ""), Personal(one.personal))
        if value in (None, "", []):
            continue
        if one.type == FieldType.CHOICE:
            value = dict(one.choices).get(value, value)
        table = value if one.type == FieldType.ROWS else None
        found.append(
            {
                "label": one.label,
                "value": "" if table else value,
                "wide": one.type in (FieldType.LONG, FieldType.ROWS),
                "columns": [label for _, label in one.columns],
                "rows": [[row.get(name, "") for name, _ in one.columns] for row in table or ()],
            }
        )
    return found


def numbers_of(document: Document) -> list[dict[str, str]]:
    """The numbers of a document with their origins."""
    return [
        {"label": (figure := figure_from(kept)).label, "value": figure.words, "origin": origin_words(kept)}
        for kept in document.figures.values()
    ]


def base_names(document: Document) -> list[str]:
    """The legal bases of a draft by name."""
    known = {one.code: str(one) for one in LegalBasis.objects.live().filter(code__in=document.bases)}
    return [known.get(code, code) for code in document.bases]


def phrases_of(document: Document) -> list[dict[str, str]]:
    """The wording of the library that was signed, with the source it had that day."""
    sources = document.frozen.get("phrase_sources", {})
    return [
        {
            "text": text,
            "source": sources.get(code, {}).get("source", ""),
            "since": sources.get(code, {}).get("from", ""),
        }
        for code, text in document.frozen.get("phrases", {}).items()
    ]


def path_of(document: Document) -> list[dict[str, str]]:
    """The six stations of a document and where it is."""
    reached = [
        True,
        document.checked_by is not None,
        document.signed_by is not None,
        document.issued_on is not None,
        document.delivered_on is not None,
        document.replied_on is not None,
    ]
    last = max(place for place, done in enumerate(reached) if done)
    late = document.state == State.OVERDUE
    return [
        {
            "label": label,
            "state": "done" if place <= last else "late" if late and place == len(PATH) - 1 else "todo",
        }
        for place, label in enumerate(PATH)
    ]


def timeline(document: Document) -> list[Event]:
    """Steps of the document, and who looked at personal data, the latest first."""
    words = event_words()
    steps = [
        (one.at, Event(*_titled(one, words), note=one.note, colour=words.get(one.action, ("", "grey"))[1]))
        for one in DocumentEvent.objects.filter(document=document)
    ]
    seen = [
        (one.at, Event("查看个人信息", words_of(one.at), one.actor_name, one.note))
        for one in history_of(document).filter(action="reveal")
    ]
    return [event for _, event in sorted([*steps, *seen], key=lambda pair: pair[0], reverse=True)]


def _titled(one: DocumentEvent, words: Mapping[str, tuple[str, str]]) -> tuple[str, str, str]:
    return words.get(one.action, (one.action, ""))[0], words_of(one.at), one.actor_name
