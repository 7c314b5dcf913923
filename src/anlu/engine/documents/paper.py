"""A document as it goes to the printer, in its elements and not yet in its layout."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias, get_args

from anlu.engine.documents.blocks import Block

FormOf: TypeAlias = Literal["document", "letter", "minutes", "bulletin", "notice", "plain"]
FORMS: Final[tuple[FormOf, ...]] = get_args(FormOf)


@dataclass(frozen=True)
class Signature:
    """
    Who issues it, above the date.

    ``seal`` is a picture of the seal (PNG) where one may be printed; without it the place stays free.
    """

    name: str
    seal: bytes | None = None


@dataclass(frozen=True)
class Imprint:
    """
    版记, at the foot of the last page.

    Parameters
    ----------
    copies_to
        抄送 offices.
    printed_by
        印发机关.
    printed_on
        印发日期.
    main
        主送 offices where the list is too long for the first page.
    copies
        Number of copies printed; none leaves it out.
    """

    printed_by: str
    printed_on: date
    copies_to: tuple[str, ...] = ()
    main: tuple[str, ...] = ()
    copies: int | None = None


@dataclass(frozen=True)
class Attachment:
    """An attachment on pages of its own."""

    title: str
    body: tuple[Block, ...]


@dataclass(frozen=True)
class Attendance:
    """A list of people of 纪要: 出席, 请假, 列席."""

    label: str
    names: str


@dataclass(frozen=True)
class Paper:
    """
    One document, complete.

    Parameters
    ----------
    form
        document: red head, 发文字号, red line. letter: 信函格式 with double red lines. minutes: 纪要格式.
        bulletin: 简报 and 通报 with an issue number. notice: a legal notice headed by office and name.
        plain: title and text only, as 总结 and forms.
    title
        One line; the layout breaks a long one by meaning. A line break in it is kept.
    issuers
        Offices named in the head; the main one first. For a bulletin its name, for minutes the mark.
    mark_word
        What stands behind the names in the head of a document: 文件, or nothing.
    number
        As it is printed: 青公交〔2023〕8号, 第8期.
    signer
        签发人 of an upward document; the number then stands at the left.
    copy_number, secrecy, urgency
        份号 (6 digits), 密级和保密期限, 紧急程度.
    issued_by
        Under the head of a bulletin, at the left: who edits it. The date stands at the right.
    addressees
        主送机关, without the colon.
    body
        The text.
    attachments
        On pages of their own; their titles are listed under the text.
    signatures
        发文机关署名; none for minutes and bulletins.
    dated
        成文日期.
    sealed
        A seal goes over name and date.
    note
        附注, without brackets.
    imprint
        版记.
    attendance
        出席, 请假, 列席 of minutes.
    subject
        For the file's properties; the title when empty.
    """

    form: FormOf
    title: str
    body: tuple[Block, ...] = ()
    issuers: tuple[str, ...] = ()
    mark_word: str = "文件"
    number: str = ""
    signer: str = ""
    copy_number: str = ""
    secrecy: str = ""
    urgency: str = ""
    issued_by: str = ""
    addressees: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    signatures: tuple[Signature, ...] = ()
    dated: date | None = None
    sealed: bool = False
    note: str = ""
    imprint: Imprint | None = None
    attendance: tuple[Attendance, ...] = ()
    subject: str = ""

    def __post_init__(self) -> None:
        if self.form not in FORMS:
            raise ValueError(f"form must be one of {', '.join(FORMS)}, got {self.form!r}")
        if not self.title.strip():
            raise ValueError("a document needs a title")
        if self.form not in ("plain",) and not self.issuers:
            raise ValueError(f"a {self.form} needs at least one office in its head")


def official_date(day: date) -> str:
    """A date as documents write it: 2023年7月5日, no zeros in front."""
    return f"{day.year}年{day.month}月{day.day}日"
