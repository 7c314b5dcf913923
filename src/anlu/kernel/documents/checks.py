"""What to look at before a document is signed: what is missing, does not go together, or reads wrong. Only told."""

from __future__ import annotations

from collections.abc import Iterator

from anlu.engine.documents.blocks import Form, Heading, Paragraph, Table, plain_text
from anlu.engine.documents.paper import Paper
from anlu.engine.proofreading import (
    Phrase,
    Remark,
    number_remarks,
    table_remarks,
    typed_numbers,
    wording_remarks,
)
from anlu.kernel.core.clock import today
from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.scope import SYSTEM, Viewer
from anlu.kernel.documents.define import FieldType, kinds
from anlu.kernel.documents.drafting import gathered
from anlu.kernel.documents.facts import missing
from anlu.kernel.documents.figures import figure_from
from anlu.kernel.documents.models import Document, LegalBasis, State
from anlu.kernel.documents.models import Phrase as Entry
from anlu.kernel.documents.rules import in_force, letterhead_of, require_combination
from anlu.kernel.documents.sources import facts_of, paper_of, template_of


def remarks_on(document: Document, viewer: Viewer = SYSTEM) -> list[Remark]:
    """Everything to look at, what stops the document first (kinds ``missing`` and ``matrix``)."""
    return [
        *stopping(document),
        *changed_figures(document, viewer),
        *unchecked_bases(document),
        *proofread(document),
    ]


def unchecked_bases(document: Document) -> Iterator[Remark]:
    """Legal bases that nobody has compared with the published text."""
    for one in in_force(LegalBasis, today()).filter(code__in=document.bases):
        if one.unchecked:
            yield Remark(
                "unchecked", str(one), f"法律依据{one}待核：请与现行文本核对后，在 法律依据 中填写核对日期"
            )


def changed_figures(document: Document, viewer: Viewer) -> list[Remark]:
    """Numbers of a checked document that are others now: it is signed with those that were checked."""
    if document.state != State.CHECKED:
        return []
    kind = kinds.get(document.kind)
    try:
        template = template_of(kind, on=today())
        _, now = gathered(document, kind, facts_of(document), template=template, by=viewer)
    except AnluError as problem:
        return [Remark("changed", "", f"不能再核对数字：{problem}")]
    found = []
    for key in dict.fromkeys([*document.figures, *now]):
        before, after = (figure_from(kept[key]) if key in kept else None for kept in (document.figures, now))
        old, new = (one.words if one else "无" for one in (before, after))
        if old != new:
            known = before or after
            label = known.label if known else key
            found.append(
                Remark(
                    "changed",
                    old,
                    f"核稿后「{label}」有变：核稿时{old}，现在{new}；要用新数请退回修改后重新核稿",
                )
            )
    return found


def stopping(document: Document) -> Iterator[Remark]:
    """What is missing, and a combination that is not allowed."""
    kind = kinds.get(document.kind)
    absent = [one.label for one in missing(kind, facts_of(document))]
    if kind.addressed and not document.addressee_name:
        absent.insert(0, "主送")
    if absent:
        yield Remark("missing", "", f"还差：{'、'.join(absent)}")
    try:
        require_combination(kind, document.unit, document.addressee_kind, document.bases, on=today())
    except AnluError as problem:
        if document.addressee_name or not kind.addressed:
            yield Remark("matrix", "", str(problem))
    if kind.numbered and letterhead_of(document.unit, on=today()) is None:
        yield Remark("missing", "", f"「{document.unit}」没有登记机关代字，不能编号")


def proofread(document: Document) -> list[Remark]:
    """Wording and numbers of the paper."""
    try:
        paper = paper_of(document)
    except AnluError as problem:
        return [Remark("missing", "", str(problem))]
    text = "\n".join(texts_of(paper))
    found = [*wording_remarks(text, library()), *number_remarks(text)]
    blocks = [*paper.body, *(block for one in paper.attachments for block in one.body)]
    for block in blocks:
        if isinstance(block, Table):
            found += table_remarks(block.head, block.rows)
    return [*found, *typed_numbers(stated_text(document), figure_texts(document))]


def library() -> list[Phrase]:
    """The phrase library as of today."""
    day = today()
    return [
        Phrase(
            one.text,
            current=one.in_force(day),
            instead=one.replaced_by.text if one.replaced_by else "",
            wrong_forms=tuple(one.wrong_forms),
        )
        for one in Entry.objects.live().select_related("replaced_by")
    ]


def texts_of(paper: Paper) -> Iterator[str]:
    """The words of a paper, block by block."""
    yield paper.title
    for block in (*paper.body, *(block for one in paper.attachments for block in one.body)):
        match block:
            case Paragraph():
                yield plain_text(block.words)
            case Heading():
                yield f"{block.text}{plain_text(block.follow)}"
            case Form():
                yield from (cell.text for row in block.rows for cell in row)
            case Table():
                yield from (cell for row in block.rows for cell in row)


def stated_text(document: Document) -> str:
    """What people wrote, without tables and dates."""
    kind = kinds.get(document.kind)
    wanted = {
        one.name for one in kind.fields if one.type in (FieldType.TEXT, FieldType.LONG) and not one.personal
    }
    return "\n".join(str(value) for name, value in document.facts.items() if name in wanted)


def figure_texts(document: Document) -> list[str]:
    """The numbers with an origin, as they are written."""
    return [figure_from(kept).words for kept in document.figures.values()]
