"""``anlu documents``: the kinds of official documents, and a sample of each as .docx and PDF. No database."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from anlu.commands.arguments import json_argument
from anlu.commands.output import print_json
from anlu.engine.documents.docx import render_docx
from anlu.engine.documents.samples import KINDS, Kind, find_kind, sample
from anlu.engine.errors import BadInput
from anlu.engine.files.office import ConversionFailed, OfficeMissing, convert_to_pdf, official_faces

MOST_CHARACTERS: Final = 100_000
FORMS: Final = {
    "document": "文件格式",
    "letter": "信函格式",
    "minutes": "纪要格式",
    "bulletin": "简报格式",
    "notice": "法律文书格式",
    "plain": "普通格式",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare ``kinds`` and ``sample``."""
    actions = parser.add_subparsers(title="动作", metavar="动作", required=True, dest="action")
    kinds = actions.add_parser("kinds", help="列出公文种类", description="列出公文种类")
    json_argument(kinds)
    made = actions.add_parser("sample", help="生成一份样张", description="生成一份样张")
    made.add_argument("kind", metavar="种类", help="代码或名称, 见 anlu documents kinds")
    made.add_argument("--out", required=True, metavar="X.docx", help="样张文件")
    made.add_argument("--pdf", metavar="X.pdf", help="同时转成 PDF(需要 LibreOffice)")
    made.add_argument("--body-chars", metavar="N", help="正文换成 N 个全角字")
    json_argument(made)


def run(args: argparse.Namespace) -> int:
    """List the kinds, or write one sample."""
    return list_kinds(args.json) if args.action == "kinds" else write_sample(args)


def list_kinds(as_json: bool) -> int:
    """Print every kind."""
    if as_json:
        print_json([facts(kind) for kind in KINDS])
    else:
        for kind in KINDS:
            print(f"{kind.code:<20} {kind.label} ({FORMS[kind.form]})")
    return 0


def facts(kind: Kind) -> dict[str, object]:
    """What is told of a kind."""
    return {"code": kind.code, "label": kind.label, "form": kind.form, "form_label": FORMS[kind.form]}


def write_sample(args: argparse.Namespace) -> int:
    """Write the sample; the PDF is made first, so that nothing is left when that fails."""
    kind = find_kind(args.kind)
    if kind is None:
        raise BadInput(field="种类", found=args.kind, expected="、".join(each.code for each in KINDS))
    out = path_of("--out", args.out, ".docx")
    pdf = None if args.pdf is None else path_of("--pdf", args.pdf, ".pdf")
    content = render_docx(sample(kind, body_characters(args.body_chars)))
    printed = None if pdf is None else printed_page(content)
    out.write_bytes(content)
    if pdf is not None and printed is not None:
        pdf.write_bytes(printed)
        if note := official_faces().note:
            print(note, file=sys.stderr)
    written = {"kind": kind.code, "docx": str(out), "pdf": None if pdf is None else str(pdf)}
    if args.json:
        print_json(written)
    else:
        print(f"{kind.label}: {out}" + ("" if pdf is None else f"、{pdf}"))
    return 0


def path_of(field: str, text: str, suffix: str) -> Path:
    """The path of a file to write, in a folder that is there."""
    path = Path(text)
    if path.suffix.lower() != suffix:
        raise BadInput(field=field, found=text, expected=f"以 {suffix} 结尾的文件名")
    if not path.parent.is_dir():
        raise BadInput("文件夹不存在", field=field, found=str(path.parent))
    return path


def body_characters(text: str | None) -> int | None:
    """How many characters the text is to have."""
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and 0 < len(text) <= 6 and 0 < int(text) <= MOST_CHARACTERS):
        raise BadInput(field="--body-chars", found=text, expected=f"1 至 {MOST_CHARACTERS} 的整数")
    return int(text)


def printed_page(content: bytes) -> bytes:
    """The PDF of the sample."""
    try:
        return convert_to_pdf([content])[0]
    except (OfficeMissing, ConversionFailed) as error:
        raise BadInput(str(error), field="--pdf") from error
