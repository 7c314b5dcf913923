"""What every template keeps: the strict content policy, icons that exist, classes that have a style."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.no_database
ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "src/anlu/web/assets"
TEMPLATES = sorted((ROOT / "src/anlu").glob("**/templates/**/*.html"))
SPRITE = ASSETS / "icons.json"

TEMPLATE_CODE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.S)
INLINE_STYLE = re.compile(r"<style\b|<[a-z][^<>]*\sstyle\s*=", re.I)
INLINE_HANDLER = re.compile(r"<[a-z][^<>]*\s(?:hx-)?on[a-z:-]+\s*=|javascript:", re.I)
INLINE_SCRIPT = re.compile(r"<script\b(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.I)
EVALUATED = re.compile(r"hx-trigger=\"[^\"]*\[|hx-(?:vals|headers|confirm)=['\"]js:", re.I)
ELSEWHERE = re.compile(r"(?:src|href)=\"(?:https?:)?//", re.I)

BREAKING = {
    "a style in HTML": INLINE_STYLE,
    "a handler in HTML": INLINE_HANDLER,
    "a script in HTML": INLINE_SCRIPT,
    "text run as a program": EVALUATED,
    "an address outside": ELSEWHERE,
}


def test_there_are_templates() -> None:
    assert TEMPLATES


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: "/".join(path.parts[-3:]))
def test_a_template_keeps_the_content_policy(path: Path) -> None:
    text = TEMPLATE_CODE.sub("", path.read_text(encoding="utf-8"))
    assert [words for words, pattern in BREAKING.items() if pattern.search(text)] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('<p style="color: red">', "a style in HTML"),
        ("<style>p {}</style>", "a style in HTML"),
        ('<a onclick="go()">', "a handler in HTML"),
        ('<a hx-on:click="go()">', "a handler in HTML"),
        ("<script>go()</script>", "a script in HTML"),
        ('<i hx-trigger="click[ctrlKey]">', "text run as a program"),
        ('<img src="//cdn.example/x.png">', "an address outside"),
    ],
)
def test_the_check_finds_what_breaks_the_content_policy(text: str, words: str) -> None:
    assert BREAKING[words].search(text)


def icons_named() -> Iterator[tuple[str, str]]:
    """Every icon that a template, a page or the menu names, with the file that names it."""
    patterns = re.compile(
        r"\{% icon \"([\w-]+)\"|\bicon=\"([\w-]+)\"|\bicon: str = \"([\w-]+)\""
        r"|_chapter\(\s*\"[^\"]+\",\s*\"([\w-]+)\""
    )
    for path in [*TEMPLATES, *sorted((ROOT / "src/anlu").glob("**/*.py"))]:
        for groups in patterns.findall(path.read_text(encoding="utf-8")):
            yield path.name, next(name for name in groups if name)


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    sprite = set(json.loads(SPRITE.read_text(encoding="utf-8")))
    named = list(icons_named())
    assert len(named) > 20
    assert [(file, name) for file, name in named if name not in sprite] == []


def test_every_class_in_a_template_has_a_style() -> None:
    styles = "".join(path.read_text(encoding="utf-8") for path in ASSETS.glob("css/*.css"))
    known = set(re.findall(r"\.([a-zA-Z][\w-]*)", styles))
    unknown = []
    for path in TEMPLATES:
        text = re.sub(r"\{[%{].*?[%}]\}", "\N{REPLACEMENT CHARACTER}", path.read_text(encoding="utf-8"))
        for value in re.findall(r"\bclass=\"([^\"]*)\"", text):
            whole = [name for name in value.split() if "\N{REPLACEMENT CHARACTER}" not in name]
            unknown += [(path.name, name) for name in whole if name not in known]
    assert unknown == []
