"""``anlu report``: write the half-year report, and check its figures and statements against the records."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anlu.commands.arguments import json_argument
from anlu.commands.output import print_json
from anlu.engine.errors import BadInput
from anlu.engine.periods import FORMS, Period, PeriodError
from anlu.project.start import start

if TYPE_CHECKING:
    from anlu.apps.reports.checking import CheckedFigure, CheckedPart, CheckedStatement


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the two commands."""
    commands = parser.add_subparsers(dest="what", required=True, metavar="命令")
    half = commands.add_parser("half-year", help="生成半年总结", description="生成半年总结")
    half.add_argument("--period", required=True, metavar="期间", help="一个半年, 如 2023H1")
    half.add_argument("--out", required=True, metavar="文件", help="写到这个 .docx 文件")
    half.add_argument("--html", metavar="文件", default="", help="同一份报告的网页, 每个数字带链接")
    json_argument(half)
    words = "逐个核对 F01–F41 和 Q01–Q30"
    check = commands.add_parser("check", help=words, description=words)
    check.add_argument("--period", required=True, metavar="期间", help=f"期间, 写成 {FORMS} 之一")
    json_argument(check)


def run(args: argparse.Namespace) -> int:
    """Write or check."""
    return _half_year(args) if args.what == "half-year" else _check(args)


def _so_far(text: str) -> Period:
    from anlu.kernel.core.clock import today

    try:
        return Period.parse(text).to_date(today())
    except PeriodError as problem:
        raise BadInput(str(problem), field="--period") from None


# ------------------------------------------------------------------------------------------------ half-year


def _half_year(args: argparse.Namespace) -> int:
    out, page = _target(args.out, ".docx", "--out"), _target(args.html, ".html", "--html")
    try:
        kind_of_period = Period.parse(args.period).kind
    except PeriodError as problem:
        raise BadInput(str(problem), field="--period") from None
    if kind_of_period != "half":
        raise BadInput(field="--period", found=args.period, expected="一个半年, 写成 2023H1")
    start()
    from anlu.apps.reports.arrangement import HALF_YEAR
    from anlu.apps.reports.picturing import placed_in
    from anlu.apps.reports.printing import docx_of
    from anlu.apps.reports.services import report_for, text_of
    from anlu.apps.reports.standalone import html_of
    from anlu.kernel.core.clock import today
    from anlu.kernel.core.scope import SYSTEM
    from anlu.kernel.indicators.facts import none_made
    from anlu.web.installation import the_installation

    report = report_for(HALF_YEAR, _so_far(args.period))
    with none_made():
        text, placed = text_of(report, SYSTEM), placed_in(report, SYSTEM)
    assert out is not None
    office = the_installation().name
    _write(out, docx_of(report.title, text, office=office, dated=today(), pictures=placed), "--out")
    if page is not None:
        _write(page, html_of(report.title, text, placed).encode(), "--html")
    result = {
        "period": args.period,
        "title": report.title,
        "out": str(out),
        "html": str(page) if page else None,
        "numbers": len(text.numbers),
        "pictures": sum(not one.why for one in placed),
        "sentences": sum(1 for one in text.paragraphs for part in one.parts if part.numbers),
        "left_out": [
            {"section": one.section.code, "sentence": one.sentence.code, "why": one.why}
            for one in text.left_out
        ],
    }
    if args.json:
        print_json(result)
    else:
        print(f"{report.title}: {result['numbers']} 个数字, 未写入 {len(text.left_out)} 句 → {out}")
    return 0


def _target(name: str, ending: str, field: str) -> Path | None:
    if not name:
        return None
    path = Path(name)
    if path.suffix.lower() != ending:
        raise BadInput(field=field, found=name, expected=f"以 {ending} 结尾的文件名")
    if not path.parent.is_dir():
        raise BadInput(field=field, found=str(path.parent), expected="已有的文件夹")
    return path


def _write(path: Path, content: bytes, field: str) -> None:
    try:
        path.write_bytes(content)
    except OSError as problem:
        raise BadInput(f"写不了 {path}: {problem.strerror}", field=field) from None


# ------------------------------------------------------------------------------------------------ check


def _check(args: argparse.Namespace) -> int:
    try:
        Period.parse(args.period)
    except PeriodError as problem:
        raise BadInput(str(problem), field="--period") from None
    start()
    from anlu.apps.reports.checking import check_figures, check_statements
    from anlu.kernel.core.scope import SYSTEM
    from anlu.kernel.indicators.facts import none_made
    from anlu.kernel.indicators.window import Window

    window = Window(_so_far(args.period))
    with none_made():
        figures, statements = check_figures(window, SYSTEM), check_statements(window, SYSTEM)
    if args.json:
        print_json(
            {
                "figures": [_figure(one) for one in figures],
                "statements": [_statement(one) for one in statements],
            }
        )
    else:
        print("\n".join([*map(_figure_line, figures), *map(_statement_line, statements)]))
    return 0


def _figure(one: CheckedFigure) -> dict[str, Any]:
    first: CheckedPart = one.parts[0]
    return {
        "id": one.id,
        "expected": _number(first.expected.expected),
        "value": first.value if isinstance(first.value, int | float) else _first_value(first),
        "words": one.words,
        "rows": one.rows,
        "holds": one.holds,
    }


def _first_value(part: CheckedPart) -> Any:
    return part.found.value if part.found is not None else None


def _number(value: float) -> float | int:
    return int(value) if value == int(value) else value


def _statement(one: CheckedStatement) -> dict[str, Any]:
    missing = f"；缺：{'、'.join(one.found.missing)}" if one.found.missing else ""
    return {"id": one.id, "needs": one.needs, "found": one.found.words + missing, "holds": one.holds}


def _figure_line(one: CheckedFigure) -> str:
    said = one.words if one.holds else f"缺: {'；'.join(one.missing)}"
    return f"{'✓' if one.holds else '✗'} {one.id} {one.label} {said}"


def _statement_line(one: CheckedStatement) -> str:
    said = one.found.words if one.holds else f"缺: {'、'.join(one.found.missing)}"
    return f"{'✓' if one.holds else '✗'} {one.id} {one.statement}: {said}"
