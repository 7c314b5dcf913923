"""A report on paper: chapters, sections and the table of exact numbers, laid out by the engine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from anlu.apps.reports.picturing import Placed
from anlu.apps.reports.writing import Text
from anlu.engine.documents.blocks import Block, Heading, Paragraph, Picture, Table
from anlu.engine.documents.docx import render_docx
from anlu.engine.documents.paper import Attachment, Paper, Signature
from anlu.kernel.indicators.evaluate import Value

WIDTH_MM = 110.0  # of a picture in the text
HEADS = ("指标", "本期", "上年同期", "变化", "口径")
WIDTHS = (4.0, 2.6, 2.6, 3.3, 5.5)  # 100.00% and 47.40 stand in one line


def docx_of(
    title: str,
    text: Text,
    *,
    office: str,
    dated: date | None,
    figures: Iterable[Value] = (),
    pictures: Iterable[Placed] = (),
) -> bytes:
    """The report as a .docx file after GB/T 9704."""
    paper = paper_of(title, text, office=office, dated=dated, figures=figures, pictures=pictures)
    return render_docx(paper)


def paper_of(
    title: str,
    text: Text,
    *,
    office: str,
    dated: date | None,
    figures: Iterable[Value] = (),
    pictures: Iterable[Placed] = (),
) -> Paper:
    """The report in its elements; the table of exact numbers stands as an attachment."""
    extras = tuple(figures)
    values = {one.indicator.code: one for one in (*(number.found for number in text.numbers), *extras)}
    table = table_of(values.values())
    return Paper(
        form="plain",
        title=title,
        body=tuple(_blocks(text, text.scope_note(extras), _drawn(pictures))),
        attachments=(Attachment("主要指标", (table,)),) if values else (),
        signatures=(Signature(office),) if office else (),
        dated=dated,
    )


def _drawn(pictures: Iterable[Placed]) -> Mapping[str, Sequence[Picture]]:
    """The pictures that are shown, by section."""
    found: dict[str, list[Picture]] = defaultdict(list)
    for one in pictures:
        if one.picture is not None and not one.why:
            found[one.section].append(Picture(one.picture.content(), WIDTH_MM, one.words, one.alt))
    return found


def _blocks(text: Text, note: str, pictures: Mapping[str, Sequence[Picture]]) -> Iterator[Block]:
    if note:
        yield Paragraph(f"（{note}）")
    chapter = ""
    for one in text.paragraphs:
        drawn = pictures.get(one.section.code, ())
        if not one.text and not drawn:
            continue
        if one.section.chapter != chapter:
            chapter = one.section.chapter
            yield Heading(chapter)
        yield Heading(f"{one.section.label}。", level=2, follow=one.text)
        yield from drawn
    if not chapter:
        yield Paragraph("本期没有可以写入的记录。")


def table_of(values: Iterable[Value]) -> Table:
    """Every figure in exact numbers: 余, 多 and 近 are for sentences only."""
    rows = tuple(
        (
            f"{one.indicator.label}{f'（{one.indicator.measure}）' if one.indicator.measure else ''}",
            exact(one.value, share=one.indicator.is_share),
            exact(one.previous, share=one.indicator.is_share),
            one.words or "—",
            one.indicator.definition,
        )
        for one in values
    )
    return Table(HEADS, rows, widths=WIDTHS, aligns=("left", "right", "right", "left", "left"))


def exact(value: Any, *, share: bool = False) -> str:
    """A number as tables hold it."""
    if value is None:
        return "—"
    if share:
        return f"{100 * float(value):.2f}%"
    return str(value) if isinstance(value, int) else f"{float(value):.2f}".rstrip("0").rstrip(".")
