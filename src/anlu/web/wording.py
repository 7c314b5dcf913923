"""
Templates are written in Chinese; here every text that people see is marked on loading.

A text with the values in it is one sentence (``共 {{ total }} 条`` has the key ``共 {total} 条``), so that it can be
said in another language; it ends where an element or a tag of the template begins. A value that stands alone is
looked up as it is. Only what is visible counts: text, and the attributes of ``SPOKEN``; addresses, names, classes and
what somebody wrote (``VERBATIM``, ``translate="no"``) are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import django.forms
from django.forms.renderers import DjangoTemplates
from django.template.backends.django import DjangoTemplates as Backend
from django.template.base import BLOCK_TAG_START, COMMENT_TAG_START, VARIABLE_TAG_START, Origin, tag_re
from django.template.loaders.filesystem import Loader as FolderLoader
from django.template.utils import get_app_template_dirs
from django.utils.functional import cached_property

from anlu.kernel.core.language.catalogue import CHINESE, normal

VERBATIM: Final = frozenset(
    {"textarea", "code", "pre", "kbd"}
)  # what somebody wrote, and what may be sent back
# what a dialog asks before a deed
ASKED: Final = ("data-confirm", "data-confirm-title", "data-confirm-label")
SPOKEN: Final = frozenset(
    {"title", "aria-label", "placeholder", "alt", "label", "data-label", "data-words", *ASKED}
)
LITERAL: Final = re.compile(r"\"([^\"]*)\"|'([^']*)'")
NOT_SAID: Final = "translate="
ATTRIBUTE: Final = re.compile(r"([\w:-]+)\s*=\s*$")
NAME_IN: Final = re.compile(r"^[\w.]+")
UNTOUCHED: Final = ("|safe", "|json_script", "block.super", "|word")


@dataclass
class Run:
    """What stands between two elements: fixed texts and values."""

    parts: list[tuple[bool, str]] = field(default_factory=list)  # (is a value, its source)
    plain: bool = False  # inside an element that is left alone

    def add(self, text: str, *, value: bool = False, plain: bool = False) -> None:
        """One more part."""
        self.plain = self.plain or plain
        if not value and self.parts and not self.parts[-1][0]:
            text = self.parts.pop()[1] + text
        self.parts.append((value, text))

    def spoken(self) -> bool:
        """Whether a fixed part is Chinese."""
        return not self.plain and any(not value and CHINESE.search(text) for value, text in self.parts)

    def key(self) -> tuple[str, list[tuple[str, str]]]:
        """The text with named places, and (name, expression) of each place."""
        names: list[tuple[str, str]] = []
        said = []
        for value, text in self.parts:
            if value:
                names.append((place_name(text, [name for name, _ in names]), text))
                said.append(f"{{{names[-1][0]}}}")
            else:
                said.append(text)
        return normal("".join(said)), names

    def source(self) -> str:
        """The run as the template engine gets it."""
        if not self.spoken():
            return "".join(_looked_up(text) if value else text for value, text in self.parts)
        key, names = self.key()
        whole = "".join("x" if value else text for value, text in self.parts)
        before = whole[: len(whole) - len(whole.lstrip())]
        after = whole[len(whole.rstrip()) :]
        lines = "\n" * whole.strip().count("\n")  # the line numbers of errors stay right
        quote = "'" if '"' in key else '"'
        values = "".join(f" {name}={text}" for name, text in names)
        return f"{before}{{% said {quote}{key}{quote}{values} %}}{lines}{after}"


def place_name(expression: str, taken: Iterable[str]) -> str:
    """What the place of ``pager.total|grouped`` is called: total, numbered when that is taken."""
    found = NAME_IN.match(expression.strip())
    name = found[0].rsplit(".", 1)[-1] if found else "value"
    name = f"n{name}" if name[:1].isdigit() else name
    number = sum(one.rstrip("0123456789") == name for one in taken)
    return f"{name}{number + 1}" if number else name


def _looked_up(expression: str) -> str:
    if any(one in expression for one in UNTOUCHED):
        return f"{{{{ {expression} }}}}"
    return f"{{{{ {expression}|word }}}}"


class Marker:
    """Walks through one template; ``texts`` are its keys, ``source`` is what the template engine gets."""

    def __init__(self, source: str) -> None:
        self.out: list[str] = []
        self.texts: list[str] = []
        self.run = Run()
        self.inside = ""  # "" in text, "<" in a tag, else the quotation mark of an attribute's value
        self.tag = ""  # the tag so far
        self.attribute = ""
        self.verbatim = ""  # the element whose text is left alone
        self.conditional = False  # whether the tag has parts that depend on a condition
        self.silent = ""  # the tag of the template that ends a comment
        for number, token in enumerate(tag_re.split(source)):
            self._token(token, special=number % 2 == 1)
        self._flush()

    @property
    def source(self) -> str:
        """The marked template."""
        return "".join(self.out)

    def _token(self, token: str, *, special: bool) -> None:
        if special and token.startswith(BLOCK_TAG_START):
            self._block(token)
        elif self.silent or (special and token.startswith(COMMENT_TAG_START)):
            self._flush()
            self.out.append(token)
        elif special and token.startswith(VARIABLE_TAG_START):
            self._value(token)
        else:
            for character in token:
                self._character(character)

    def _block(self, token: str) -> None:
        self._flush()
        self.out.append(token)
        words = token[2:-2].split()
        if self.silent:
            self.silent = "" if words[:1] == [self.silent] else self.silent
        elif words[:1] in (["comment"], ["verbatim"]):
            self.silent = f"end{words[0]}"
        else:
            self._literals(token)
        if self.inside == "<":
            self.tag += " "
            self.conditional = True

    def _value(self, token: str) -> None:
        self._literals(token)
        if self._visible():
            self.run.add(token[2:-2].strip(), value=True)
        else:
            self._flush()
            self.out.append(token)

    def _literals(self, token: str) -> None:
        """Texts that a tag or filter is given are looked up where they are shown."""
        found = ("".join(pair) for pair in LITERAL.findall(token))
        self.texts += [normal(text) for text in found if CHINESE.search(text)]

    def _visible(self) -> bool:
        if not self.inside:
            return not self.verbatim
        return self.inside != "<" and self.attribute in SPOKEN

    def _character(self, character: str) -> None:
        if not self.inside and character != "<":
            self.run.add(character, plain=bool(self.verbatim))
        elif not self.inside:
            self._flush()
            self.inside, self.tag, self.conditional = "<", "", False
            self.out.append(character)
        elif self.inside == "<":
            self.out.append(character)
            self._in_tag(character)
        elif character == self.inside:
            self._flush()
            self.inside = "<"
            self.out.append(character)
        elif self.attribute in SPOKEN:
            self.run.add(character)
        else:
            self.out.append(character)

    def _in_tag(self, character: str) -> None:
        self.tag += character
        if character in "\"'" and (found := ATTRIBUTE.search(self.tag[:-1])):
            self.inside, self.attribute = character, found[1]
        elif character == ">":
            self.inside = ""
            self._entered(self.tag)

    def _entered(self, tag: str) -> None:
        name = tag.strip("/> ").split(" ", 1)[0].lower()
        if self.verbatim:
            self.verbatim = "" if tag.startswith("/") and name == self.verbatim else self.verbatim
        elif not tag.startswith("/") and (name in VERBATIM or (NOT_SAID in tag and not self.conditional)):
            self.verbatim = name

    def _flush(self) -> None:
        if self.run.spoken():
            self.texts.append(self.run.key()[0])
        self.out.append(self.run.source())
        self.run = Run()


def marked(source: str) -> str:
    """A template with every visible text marked."""
    return Marker(source).source


def texts_of_template(path: Path) -> Iterator[str]:
    """The texts of a template, for the catalogue."""
    yield from Marker(path.read_text(encoding="utf-8")).texts


class MarkingLoader(FolderLoader):
    """Loads the templates of the apps, and marks them."""

    def get_dirs(self) -> list[str | Path]:
        """Folders given to the engine, else those of the apps."""
        return [*(self.dirs or self.engine.dirs or get_app_template_dirs("templates"))]

    def get_contents(self, origin: Origin) -> str:
        """The source of a template."""
        return marked(super().get_contents(origin))


class Forms(DjangoTemplates):
    """The templates of form fields, marked like ours."""

    @cached_property
    def engine(self) -> Backend:
        """An engine of their own, as Django keeps one for them."""
        loader = ("django.template.loaders.cached.Loader", [f"{__name__}.{MarkingLoader.__name__}"])
        options = {"loaders": [loader], "builtins": ["anlu.web.templatetags.words"]}
        folders = [Path(django.forms.__file__).parent / "templates"]
        settings = {"NAME": "anluforms", "DIRS": folders, "APP_DIRS": False, "OPTIONS": options}
        return Backend(settings)
