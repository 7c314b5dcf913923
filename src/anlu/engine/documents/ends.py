"""What follows the text: list of attachments, signature, date, note, attendance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element

from anlu.engine.documents.blocks import Run
from anlu.engine.documents.grid import CHARACTER, EMU_PER_MM, LINE, WIDTH, twips
from anlu.engine.documents.paper import Paper, Signature, official_date
from anlu.engine.documents.paragraphs import PLAIN, Layout, blank_lines, paragraph
from anlu.engine.documents.pictures import Pictures
from anlu.engine.documents.tables import cell, column_widths, grid, row
from anlu.engine.documents.widths import text_width

SEAL_MM: Final = 42.0  # seal of an office of this level: diameter 4.2 cm
EMU_PER_TWIP: Final = 635
KEPT: Final = Layout(keep_next=True)


def end(paper: Paper, pictures: Pictures, gap: int = 2) -> list[Element]:
    """Everything between the text and the attachments; ``gap``: blank lines that a seal asks for."""
    return [
        *attachment_list(paper),
        *signature(paper, pictures, gap),
        *note(paper),
        *attendance(paper),
    ]


def attachment_list(paper: Paper) -> list[Element]:
    """附件说明, one line below the text; a second line of a title begins below its first character."""
    titles = [each.title for each in paper.attachments]
    if not titles:
        return []
    kept = bool(paper.signatures)
    made = blank_lines(1, KEPT)
    for number, text in enumerate(titles, 1):
        label = "附件：" if number == 1 else ""
        counted = f"{number}.\t" if len(titles) > 1 else ""
        inner = 5 * CHARACTER + (CHARACTER + CHARACTER // 4 if counted else 0)
        first = (2 if label else 5) * CHARACTER - inner
        layout = Layout(align="left", left=inner, first=first, tabs=(("left", inner),), keep_next=kept)
        made.append(paragraph(f"{label}{counted}{text}", layout))
    return made


def signature(paper: Paper, pictures: Pictures, gap: int) -> list[Element]:
    """发文机关署名 and 成文日期; minutes and bulletins carry neither."""
    if paper.form in ("minutes", "bulletin") or not (paper.signatures or paper.dated):
        return []
    dated = "" if paper.dated is None else official_date(paper.dated)
    above = blank_lines(gap if paper.sealed else 1, KEPT)
    if len(paper.signatures) > 1:
        return [*above, *joint_signature(paper.signatures, dated, sealed=paper.sealed)]
    name = paper.signatures[0] if paper.signatures else Signature("")
    if paper.sealed:
        axis = seal_axis(name.name, dated)
        centred = Layout(align="center", left=WIDTH - 2 * axis, right=0)
        name_layout, date_layout = centred, centred
    else:
        name_right, date_right = plain_indents(name.name, dated)
        name_layout, date_layout = (Layout(align="right", right=each) for each in (name_right, date_right))
        axis = date_right + text_width(dated) // 2
    signed = [paragraph(name.name, name_layout.but(keep_next=True))] if name.name else []
    seal = [] if name.seal is None else [seal_over(name.seal, axis, pictures)]
    return [*above, *signed, paragraph(dated, date_layout, PLAIN, *seal)]


def seal_axis(name: str, dated: str) -> int:
    """
    Distance from the right edge of the line on which name and date are centred when a seal goes over them.

    The date stands four characters in (GB/T 9704-2012 7.3.5.1), further where the name would not fit.
    """
    wanted = max(4 * CHARACTER + text_width(dated) // 2, text_width(name) // 2 + CHARACTER)
    return min(wanted, WIDTH // 2)


def plain_indents(name: str, dated: str) -> tuple[int, int]:
    """
    Distances without a seal.

    The name stands two characters in and the date begins two characters right of the name's beginning; a date that
    is longer stands two characters in itself and the name moves (GB/T 9704-2012 7.3.5.2).
    """
    two = 2 * CHARACTER
    date_right = max(two, text_width(name) - text_width(dated)) if name else two
    return max(two, date_right + text_width(dated) + two - text_width(name)), date_right


def seal_over(content: bytes, middle: int, pictures: Pictures) -> Element:
    """A seal over name and date, ``middle`` twips from the right edge, its top within a line of the text."""
    x = (WIDTH - middle) * EMU_PER_TWIP - round(SEAL_MM / 2 * EMU_PER_MM)
    top = -round(2.4 * LINE * EMU_PER_TWIP)
    return pictures.floating(content, SEAL_MM, x=x, y=top, alt="印章")


def joint_signature(signatures: Sequence[Signature], dated: str, *, sealed: bool) -> list[Element]:
    """Several offices in rows of two, with room for a seal over each; the date below the last."""
    columns = column_widths((1, 1), WIDTH)
    height = twips(SEAL_MM + 3) if sealed else LINE
    rows = []
    for at in range(0, len(signatures), 2):
        pair = [*(each.name for each in signatures[at : at + 2]), ""][:2]
        layout = Layout(align="center", keep_next=True)
        last = at + 2 >= len(signatures)
        rows.append(
            row([cell(name, columns[0], layout, "center") for name in pair], height=None if last else height)
        )
    column = 1 if len(signatures) % 2 == 0 else 0
    middle = columns[0] * (1 - column) + columns[1] // 2
    right = max(0, middle - text_width(dated) // 2)
    return [grid(columns, rows, ruled=False), paragraph(dated, Layout(align="right", right=right))]


def note(paper: Paper) -> list[Element]:
    """附注 in brackets, indented by two characters."""
    return [paragraph(f"（{paper.note}）", Layout(align="left", first=2 * CHARACTER))] if paper.note else []


def attendance(paper: Paper) -> list[Element]:
    """出席, 请假, 列席: the label in 黑体, names aligned behind the colon."""
    made = blank_lines(1) if paper.attendance else []
    for each in paper.attendance:
        label = f"{each.label}："
        left = 2 * CHARACTER + text_width(label)
        layout = Layout(align="left", left=left, first=2 * CHARACTER - left)
        made.append(paragraph((Run(label, "hei"), Run(each.names)), layout))
    return made
