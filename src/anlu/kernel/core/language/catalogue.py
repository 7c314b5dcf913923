"""
The English catalogue: every text of the platform, keyed by the Chinese one.

The key (msgid) is the Chinese text as the code has it. Where the code puts values into a sentence, the key has named
places: ``f"还有{days}天"`` is ``还有{days}天``. A finished sentence is found again by its key's fixed parts, so that
messages need no marking in the code, and those kept in the database (notices, refusals, problems of a job) can be read
in English as well. Each package keeps its part in ``locale/en/LC_MESSAGES/django.po``; it is read as it is, nothing
has to be compiled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

from babel.messages.pofile import read_po

import anlu
from anlu.kernel.core.language.places import DIGITS, as_it_came, converted, fits, single

FILE: Final = Path("locale", "en", "LC_MESSAGES", "django.po")
CHINESE: Final = re.compile(r"[\u3400-\u9fff]")
NAMED_PLACE: Final = re.compile(r"\{(\w*)(?::(\w+))?\}")
STOPS: Final = {
    "，": ", ", ",": ", ", "、": ", ", "；": "; ", ";": "; ", "。": ". ", "：": ": ", ":": ": ", "！": "! ",
    "→": " → ", "「": " “", "」": "” ", "（": " (", "）": ") ", "(": " (", ")": ") ", "～": "–", "—": "–", "\n": "\n",
}  # fmt: skip
STOP: Final = re.compile(
    r"(\s*(?:[，、；;。：！（）()「」～—\n]|(?<=[\u3400-\u9fff])→(?=[\u3400-\u9fff])"
    r"|:(?!\d)|,(?=\s*[\u3400-\u9fff]))\s*)"
)
DOT: Final = " · "
BAR: Final = " | "
CLOSING: Final = (")", "）")
AMOUNT: Final = re.compile(r"([\d.,]+)\s*(\D.*)")
CHINESE_RUN: Final = re.compile(r"([\u3400-\u9fff]+)")
WEAK: Final = 2  # a sentence with so few fixed characters is one only around values that are known
SHORT: Final = 6  # one with so few is not taken for a whole paragraph
FULL_STOP: Final = re.compile("[；。]")
DEEPEST: Final = 10  # sentences within sentences

# (name of the place, "" for the fixed text; what stands there) -> what is put in
Shown = Callable[[str, str], str]


def normal(text: str) -> str:
    """``text`` with every run of white space as one blank, as keys are written."""
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class Entry:
    """One text and its English; ``many`` where the English differs for one and for several."""

    chinese: str
    one: str
    many: str = ""

    @property
    def ways(self) -> dict[str, str]:
        """What the English does with each of its values."""
        return {name: way for name, way in NAMED_PLACE.findall(self.one) if way}

    def english(self, number: float | None) -> str:
        """The form for a number, None where there is none."""
        return self.many if self.many and number != 1 else self.one


@dataclass(frozen=True)
class Sentence:
    """A key with places for values."""

    entry: Entry
    names: tuple[str, ...]
    shape: re.Pattern[str]
    fixed: str  # its longest fixed part
    weight: int  # fixed characters

    @classmethod
    def of(cls, entry: Entry) -> Sentence:
        """The sentence of an entry."""
        parts = NAMED_PLACE.split(entry.chinese)
        literals = parts[::3]
        shape = "(.*?)".join(re.escape(one) for one in literals)
        fixed = max(literals, key=len)
        return cls(entry, tuple(parts[1::3]), re.compile(shape, re.DOTALL), fixed, sum(map(len, literals)))


@dataclass
class Catalogue:
    """All texts that are known in English."""

    exact: dict[str, Entry] = field(default_factory=dict)
    sentences: list[Sentence] = field(default_factory=list)

    @classmethod
    def read(cls, files: Iterable[Path]) -> Catalogue:
        """The catalogue of several files; where two have a text, the first counts."""
        catalogue = cls()
        for path in files:
            for entry in entries_in(path):
                if entry.one != entry.chinese:  # not a text for people, or the same in both languages
                    catalogue.exact.setdefault(entry.chinese, entry)
        known = [Sentence.of(one) for one in catalogue.exact.values() if NAMED_PLACE.search(one.chinese)]
        catalogue.sentences = sorted(known, key=lambda one: -one.weight)
        return catalogue

    def counts(self, text: str) -> bool:
        """Whether a text is the word for what is counted, which stands behind a number."""
        entry = self.exact.get(normal(text))
        return entry is not None and bool(entry.many)

    def filled(
        self,
        chinese: str,
        values: Mapping[str, str],
        *,
        number: float | None,
        say: Callable[[str, float | None], str],
        shown: Shown = lambda place, text: text,
    ) -> str | None:
        """
        The English for a key with its places filled; None where unknown.

        Each value is put into English by ``say``; ``shown`` gives the form in which each part is put in.
        """
        entry = self.exact.get(normal(chinese))
        if entry is None:
            return None
        ways = entry.ways

        def said(name: str, value: str) -> str:
            way = ways.get(name, "")
            return value if as_it_came(way) else say(value, 1 if single(way) else number)

        return _filled(entry, {name: said(name, value) for name, value in values.items()}, number, shown)

    def english(self, text: str, *, number: float | None = None, depth: int = 0) -> str | None:
        """
        The English for a text as it stands on a page; None where it is not known.

        A text is known as a whole, as a sentence with values, as several put together (``新增 3，更新 4``), or as
        known words among numbers (``死亡人数下降30.36%``).
        """
        key = normal(text)
        entry = self.exact.get(key)
        if entry is not None:
            return entry.english(number)
        if depth >= DEEPEST:
            return None
        if DOT in key:
            return self._apart(key, DOT, number, depth)
        return (
            self._sentence(key, depth, longer_than=SHORT)
            or (self._apart(key, BAR, number, depth) if BAR in key else None)
            or self._parts(key, number, depth, whole=True)
            or self._sentence(key, depth)
            or self._amount(key)
            or self._parts(key, number, depth)
            or self._words(key, number)
        )

    def _apart(self, key: str, sign: str, number: float | None, depth: int) -> str | None:
        """Texts that have nothing to do with each other, with a sign between them; None when none is known."""
        said = [self._or_itself(part, number, depth) for part in key.split(sign)]
        return None if said == key.split(sign) else sign.join(said)

    def _or_itself(self, text: str, number: float | None, depth: int) -> str:
        return (CHINESE.search(text) and self.english(text, number=number, depth=depth + 1)) or text

    def _sentence(self, key: str, depth: int, *, longer_than: int = 0) -> str | None:
        for one in self.sentences:
            if one.weight <= longer_than:
                break
            if one.fixed not in key or not (match := one.shape.fullmatch(key)):
                continue
            values = dict(zip(one.names, match.groups(), strict=True))
            if self._fitting(one, values, depth):
                return self._fill(one.entry, values, depth + 1)
        return None

    def _fitting(self, one: Sentence, values: Mapping[str, str], depth: int) -> bool:
        """Whether the values may be what the sentence takes them for; the fewer words of its own, the stricter."""
        if not all(fits(values[name], way) for name, way in one.entry.ways.items()):
            return False
        if one.weight <= SHORT and any(FULL_STOP.search(value) for value in values.values()):
            return False
        ways = one.entry.ways
        open_to_all = [value for name, value in values.items() if not as_it_came(ways.get(name, ""))]
        return one.weight > WEAK or all(self._plain(value, depth) for value in open_to_all)

    def _plain(self, value: str, depth: int) -> bool:
        """Whether a value may stand in a sentence that has hardly any words of its own."""
        if not CHINESE.search(value) or value in DIGITS:
            return bool(value)
        if STOP.search(value):
            return value in self.exact or self._sentence(value, depth + 1) is not None
        return self.english(value, depth=depth + 1) is not None

    def _parts(self, key: str, number: float | None, depth: int, *, whole: bool = False) -> str | None:
        """Part by part, as many at once as are known together; with ``whole`` only when nothing stays Chinese."""
        parts = STOP.split(key)
        if len(parts) == 1:
            return None
        said: list[str] = []
        known = unknown = 0
        place = 0
        while place < len(parts):
            stop = parts[place - 1].strip(" ") if place else ""
            found = self._longest(parts, place, stop, number, depth)
            if found is not None:
                known += 1
            elif CHINESE.search(parts[place]):
                unknown += 1
                if whole:
                    return None
            end, english, with_stop = found or (place + 1, parts[place], False)
            said.append(english if with_stop or not place else f"{STOPS.get(stop, ' ')}{english}")
            place = end + 1
        prose = "，" in key and "：" not in key  # what somebody wrote, with a known word in it by chance
        return tidy("".join(said)) if known > (unknown if prose else 0) else None

    def _longest(
        self, parts: list[str], place: int, stop: str, number: float | None, depth: int
    ) -> tuple[int, str, bool] | None:
        """Where the longest known stretch ends, its English, and whether that includes the stop before it."""
        for end in range(len(parts), place, -2):
            text = "".join(parts[place:end])
            if not CHINESE.search(text) or (place == 0 and end == len(parts)):
                continue
            closing = parts[end].strip() if end < len(parts) else ""
            for before, after in ((stop, ""), ("", closing if closing in CLOSING else ""), ("", "")):
                found = self._stretch(
                    before + text + after, number, depth, alone=end == place + 1 and not before
                )
                if found is not None:
                    if after:
                        parts[end] = " "
                    return end, found, bool(before)
        return None

    def _stretch(self, key: str, number: float | None, depth: int, *, alone: bool) -> str | None:
        entry = self.exact.get(key)
        if entry is not None:
            return entry.english(number)
        known = self._sentence(key, depth + 1) or self._amount(key)
        return known or (self._words(key, number) if alone else None)

    def _amount(self, key: str) -> str | None:
        """A number with its unit: ``1,118起``."""
        amount = AMOUNT.fullmatch(key)
        unit = self.exact.get(amount[2]) if amount else None
        return f"{amount[1]} {unit.english(number_in(amount[1]))}" if amount and unit else None

    def _words(self, key: str, number: float | None) -> str | None:
        """Known words among numbers and names in Latin letters; None when one of the words is not known."""
        pieces = CHINESE_RUN.split(key)
        if not re.search(r"[0-9A-Za-z]", "".join(pieces[::2])):
            return None
        said = [pieces[0].strip()]
        for run, after in zip(pieces[1::2], pieces[2::2], strict=True):
            counted = number_at_end(said[-1])
            words = self._segmented(run, number if counted is None else counted)
            if words is None:
                return None
            said += [words, after.strip()]
        return tidy(" ".join(one for one in said if one))

    def _segmented(self, run: str, number: float | None) -> str | None:
        """A run of Chinese as known words, the longest first."""
        said = []
        while run:
            length = next((size for size in range(len(run), 0, -1) if run[:size] in self.exact), 0)
            if not length:
                return None
            said.append(self.exact[run[:length]].english(number))
            run = run[length:]
        return " ".join(said)

    def _fill(self, entry: Entry, values: Mapping[str, str], depth: int) -> str:
        number = largest_number(values.values())
        ways = entry.ways
        said = {name: self._value(value, number, ways.get(name, ""), depth) for name, value in values.items()}
        return _filled(entry, said, number)

    def _value(self, value: str, number: float | None, way: str, depth: int) -> str:
        if not CHINESE.search(value) or as_it_came(way):
            return value
        number = 1 if single(way) else number
        return self.english(value, number=number, depth=depth + 1) or value


def _filled(
    entry: Entry, said: Mapping[str, str], number: float | None, shown: Shown = lambda place, text: text
) -> str:
    parts = NAMED_PLACE.split(entry.english(number))  # text, name, way, text, name, way ... text
    out = [shown("", parts[0])]
    for name, way, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        out += [shown(name, converted(said.get(name, ""), way)), shown("", text)]
    return re.sub(r" {2,}", " ", "".join(out))


def largest_number(values: Iterable[str]) -> float | None:
    """The largest of the values that are numbers: one or several is said by it."""
    return max((found for value in values if (found := number_in(value)) is not None), default=None)


def number_at_end(text: str) -> float | None:
    """The number that a text ends with: what the unit after it counts."""
    match = re.search(r"[\d.,]+$", text)
    return number_in(match[0]) if match else None


def tidy(text: str) -> str:
    """One blank between words, none before a sign that closes and after one that opens."""
    text = re.sub(r"[ ]{2,}", " ", text)
    text = re.sub(r" +([;,.:%)])", r"\1", text)
    return re.sub(r"\( +", "(", text).strip()


def number_in(text: str) -> float | None:
    """The number that a value is, None when it is something else."""
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None


def entries_in(path: Path) -> list[Entry]:
    """The entries of one file that have an English text; none when it is missing or cannot be read."""
    try:
        with path.open("rb") as file:
            found = read_po(file, locale="en", charset="utf-8")
    except (OSError, ValueError):
        return []
    entries = []
    for message in found:
        if not message.id:
            continue
        key, english = message.id, message.string
        forms = [english] if isinstance(english, str) else list(english or ())
        if forms and forms[0] and not message.fuzzy:
            chinese = key if isinstance(key, str) else key[0]
            entries.append(Entry(normal(chinese), forms[0], forms[1] if len(forms) > 1 else ""))
    return entries


def catalogue_files() -> list[Path]:
    """The files of all packages of the platform, the lower layers first."""
    root = Path(anlu.__file__).parent
    layers = ("engine", "kernel", "web", "apps", "flows", "project")
    return [path for layer in layers for path in sorted((root / layer).glob(f"**/{FILE}"))]


@lru_cache(maxsize=1)
def the_catalogue() -> Catalogue:
    """The catalogue of this process, read at the first question."""
    return Catalogue.read(catalogue_files())
