"""
The Chinese in the platform: what the code, its templates and its tables of declarations say to people.

Nothing is marked in the code. Every text with Chinese characters in it counts, except in comments, docstrings and the
packages of ``NOT_SAID``, which hold data or speak to whoever installs the platform.
"""

from __future__ import annotations

import ast
import csv
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from anlu.kernel.core.language.catalogue import CHINESE, normal

NOT_SAID: Final = (
    "migrations",
    "county",
    "demo",
    "demo.py",
    "demonstration",
    "commands",
    "benches",
    "locale",
    "static",
    "configuration.py",  # comments of a file that an administrator edits
    "reference.py",  # the pages that `make docs` writes
    "moments.py",  # forms of dates in files
    "sections",  # what reports say; official documents are Chinese in every language
)
CHINESE_ONLY: Final = ("engine/documents",)  # official documents are Chinese in every language
COLUMNS_SAID: Final = ("label", "note")
# A text for machines, not for people: a regular expression, or the body of a document, which is Chinese on purpose.
PATTERN: Final = re.compile(r"\(\?|\\d|\[\^|\+\$|^\^|万\|%|\w\|\w+\||\{\{ |\{% ")
KEYS_SAID: Final = ("label", "note", "notes", "title")

PLATFORM: Final = Path(__file__).parents[3]

Texts = Callable[[Path], Iterable[str]]


def texts_of_python(path: Path) -> Iterator[str]:
    """Texts of a module: constants as they are, f-strings with places for their values."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    passed_over = set(_unsaid(tree))
    for node in ast.walk(tree):
        if id(node) in passed_over:
            continue
        if isinstance(node, ast.JoinedStr):
            yield from _said(_with_places(node))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from _said(node.value)


def _unsaid(tree: ast.AST) -> Iterator[int]:
    """Docstrings, but not a Chinese sentence, which is shown; and the fixed parts of f-strings, whose whole counts."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            if not str(node.value.value).rstrip().endswith("。"):
                yield id(node.value)
        elif isinstance(node, ast.JoinedStr):
            yield from (id(part) for part in node.values if isinstance(part, ast.Constant))
            yield from (id(part.format_spec) for part in node.values if isinstance(part, ast.FormattedValue))


def _with_places(node: ast.JoinedStr) -> str:
    names: list[str] = []
    parts = []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            names.append(name_for(part.value, names))
            parts.append(f"{{{names[-1]}}}")
        elif isinstance(part, ast.Constant):
            parts.append(str(part.value).replace("{", "").replace("}", ""))
    return "".join(parts)


def name_for(value: ast.expr, taken: Iterable[str]) -> str:
    """What the place of an expression is called: its last name, numbered when that is taken."""
    name = "value"
    if isinstance(value, ast.Name):
        name = value.id
    elif isinstance(value, ast.Attribute):
        name = value.attr
    elif isinstance(value, ast.Call):
        inner = value.args[0] if value.args else value.func
        name = name_for(inner, ())
    elif isinstance(value, ast.Subscript):
        name = name_for(value.value, ())
    name = name.strip("_") or "value"
    number = sum(one.rstrip("0123456789") == name for one in taken)
    return f"{name}{number + 1}" if number else name


def _said(text: str) -> Iterator[str]:
    if CHINESE.search(text) and not PATTERN.search(text):
        yield normal(text)


def texts_of_csv(path: Path) -> Iterator[str]:
    """Labels of a table of declarations; the dictionaries have a column for the English themselves."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if "label_en" in (reader.fieldnames or ()):
            return
        for row in reader:
            for column in COLUMNS_SAID:
                yield from _said(row.get(column) or "")


def texts_of_toml(path: Path) -> Iterator[str]:
    """Labels and notes of a declaration, at any depth."""
    yield from _labels_in(tomllib.loads(path.read_text(encoding="utf-8")))


def _labels_in(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            if key in KEYS_SAID and isinstance(one, str):
                yield from _said(one)
            else:
                yield from _labels_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from _labels_in(one)


READERS: Final[dict[str, Texts]] = {".py": texts_of_python, ".csv": texts_of_csv, ".toml": texts_of_toml}


def texts_of(folder: Path, readers: dict[str, Texts] = READERS) -> dict[str, list[Path]]:
    """Every text of a package, in order of the files, and where it stands."""
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.rglob("*")):
        reader = readers.get(path.suffix)
        inside = path.relative_to(PLATFORM)
        if reader is None or set(inside.parts) & set(NOT_SAID) or inside.as_posix().startswith(CHINESE_ONLY):
            continue
        for text in reader(path):
            found.setdefault(text, []).append(path)
    return found
