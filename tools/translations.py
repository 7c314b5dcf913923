"""
The English catalogue: ``python tools/translations.py`` brings its files up to date with the Chinese in the code.

New texts come in empty, texts that are gone go, what is translated stays. ``--missing`` lists what has no English yet;
``--check`` changes nothing and fails when a covered package lacks a text or keeps one that is gone. Every package is
covered; one that is not yet may be left out of ``COVERED``.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).resolve().parents[1]
SOURCE: Final = ROOT / "src"
sys.path.insert(0, str(SOURCE))

from anlu.kernel.core.language.catalogue import FILE, NAMED_PLACE, normal  # noqa: E402
from anlu.kernel.core.language.found import READERS, texts_of  # noqa: E402
from anlu.web.wording import texts_of_template  # noqa: E402

PACKAGES: Final = ("engine", "kernel/*", "web", "apps/*", "flows", "project")  # the lower layers first
# Complete in English: every text of these folders must have it; that is all of them, since they were translated.
COVERED: Final = ("engine", "kernel", "web", "apps", "flows", "project")
ALL_READERS: Final = {**READERS, ".html": texts_of_template}


def packages() -> list[Path]:
    """Folders that keep a part of the catalogue, the lower layers first."""
    found = [one for pattern in PACKAGES for one in sorted((SOURCE / "anlu").glob(pattern)) if one.is_dir()]
    return [one for one in found if not one.name.startswith("_")]


def covered(path: Path) -> bool:
    """Whether the texts of a file must have English."""
    inside = path.relative_to(SOURCE / "anlu").as_posix()
    return inside.startswith(COVERED)


def texts_by_package() -> dict[Path, dict[str, list[Path]]]:
    """The texts of each package, without those that a lower one has."""
    taken: set[str] = set()
    found = {}
    for package in packages():
        texts = texts_of(package, ALL_READERS)
        found[package] = {text: paths for text, paths in texts.items() if text not in taken}
        taken |= set(texts)
    return found


def read(package: Path) -> Catalog:
    """The part of a package; empty when it has none yet."""
    path = package / FILE
    if not path.exists():
        return Catalog(locale="en", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale="en", charset="utf-8")


def held() -> dict[str, Message]:
    """All texts that have English, in whatever file: a text may move from one package to another."""
    messages = (one for package in reversed(packages()) for one in read(package) if one.id)
    return {chinese_of(one): one for one in messages if is_said(one)}


def updated(package: Path, texts: dict[str, list[Path]], known: dict[str, Message]) -> Catalog:
    """The part of a package with exactly ``texts``; English that is ``known`` stays."""
    new = Catalog(locale="en", project="Anlu", charset="utf-8", fuzzy=False)
    new.mime_headers  # noqa: B018 - Babel fills in its headers here
    for text, paths in texts.items():
        places = [
            (path.relative_to(package).as_posix(), 0) for path in dict.fromkeys(paths)
        ]  # files, no lines
        old = known.get(text)
        new.add(old.id if old else text, old.string if old else "", locations=places)
    return new


def chinese_of(message: Message) -> str:
    """The Chinese of an entry."""
    return normal(message.id if isinstance(message.id, str) else message.id[0])


def is_said(message: Message) -> bool:
    """Whether an entry has its English, in all forms."""
    return bool(message.string if isinstance(message.string, str) else all(message.string or [""]))


def missing(catalog: Catalog) -> list[str]:
    """Texts without English."""
    return [chinese_of(one) for one in catalog if one.id and not is_said(one)]


def wrong_places(catalog: Catalog) -> list[str]:
    """Texts whose English has a place for a value that the Chinese has not."""
    wrong = []
    for one in catalog:
        if not one.id:
            continue
        key = chinese_of(one)
        forms = [one.string] if isinstance(one.string, str) else list(one.string or ())
        names = {name for name, _ in NAMED_PLACE.findall(key)}
        if any({name for name, _ in NAMED_PLACE.findall(form)} - names for form in forms if form):
            wrong.append(key)
    return wrong


def write(package: Path, catalog: Catalog) -> None:
    """Write the part of a package, with a steady head so that it changes only when its texts do."""
    path = package / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(
            b'msgid ""\nmsgstr ""\n"Language: en\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
        )
        file.write(b'"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n\n')
        write_po(file, catalog, omit_header=True, width=0, include_lineno=False)


def problems() -> list[str]:
    """What a covered package lacks, and what does not fit."""
    found = []
    known = held()
    for package, texts in texts_by_package().items():
        name = package.relative_to(SOURCE / "anlu").as_posix()
        needed = updated(package, texts, known)
        found += [f"{name}: {text!r} has a place that is not in the Chinese" for text in wrong_places(needed)]
        wanted = (text for text in missing(needed) if any(map(covered, texts[text])))
        found += [f"{name}: {text!r} has no English" for text in wanted]
    return found


def main() -> int:
    """Update, list or check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--missing", action="store_true", help="list texts without English, package by package"
    )
    parser.add_argument("--check", action="store_true", help="change nothing, fail when something is missing")
    asked = parser.parse_args()
    if asked.check:
        found = problems()
        print("\n".join(found) or "the catalogue is complete", file=sys.stderr if found else sys.stdout)
        return int(bool(found))
    known = held()
    for package, texts in texts_by_package().items():
        catalog = updated(package, texts, known)
        name = package.relative_to(SOURCE / "anlu").as_posix()
        if asked.missing:
            print(*(f"{name}\t{text}" for text in missing(catalog)), sep="\n")
        elif texts:
            write(package, catalog)
            print(f"{name}: {len(texts)} texts, {len(missing(catalog))} without English")
    return 0


if __name__ == "__main__":
    sys.exit(main())
