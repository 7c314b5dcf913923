"""Everything that the platform says is there in English too."""

import csv
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from django.apps import apps
from django.utils import translation

from anlu.kernel.core.language.catalogue import CHINESE
from anlu.kernel.core.language.words import word
from anlu.kernel.core.permissions import permissions
from anlu.kernel.indicators.define import indicators
from anlu.web.layers import layers
from anlu.web.ledgers import Ledger, ledgers
from anlu.web.nav import CHAPTERS, pages
from anlu.web.script_words import WORDS

pytestmark = pytest.mark.no_database
ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted((ROOT / "src/anlu/web/assets").rglob("*.js"))


@pytest.fixture(scope="module")
def translations() -> ModuleType:
    """The tool that keeps the catalogue."""
    spec = importlib.util.spec_from_file_location("translations", ROOT / "tools/translations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_text_of_the_covered_packages_has_english(translations: ModuleType) -> None:
    assert translations.problems() == [], "run: python tools/translations.py, then fill in what is empty"


def labels_of(ledger: Ledger) -> Iterator[str]:
    """All that a ledger calls by a name."""
    yield from (ledger.label, ledger.noun, ledger.unit)
    columns = [*ledger.columns, *(one for section in ledger.sections for one in section.columns)]
    columns += [one for table in ledger.related for one in table.columns]
    yield from (one.label for one in (*columns, *ledger.filters, *ledger.sections, *ledger.related))
    yield from (one.label for one in (*ledger.verbs, *ledger.presets))


def registered() -> Iterator[tuple[str, str]]:
    """(where, label) of everything that is declared."""
    for chapter in CHAPTERS:
        yield from (("menu", label) for label in (chapter.label, *chapter.items))
    for name, registry in (
        ("page", pages),
        ("permission", permissions),
        ("indicator", indicators),
        ("layer", layers),
    ):
        yield from ((f"{name} {one.code}", one.label) for one in registry)
    for ledger in ledgers:
        yield from ((f"ledger {ledger.code}", label) for label in labels_of(ledger))
    for config in apps.get_app_configs():
        if config.name.startswith("anlu."):
            for model in config.get_models():
                yield f"table {model._meta.label}", str(model._meta.verbose_name)


def test_everything_that_is_registered_has_a_name_in_both_languages() -> None:
    with translation.override("en"):
        missing = {(where, label) for where, label in registered() if CHINESE.search(word(label))}
    assert missing == set()


def test_every_entry_of_a_dictionary_has_an_english_name(translations: ModuleType) -> None:
    missing = []
    for package in translations.packages():
        for path in filter(translations.covered, sorted(package.rglob("dictionaries/*.csv"))):
            with path.open(encoding="utf-8-sig", newline="") as file:
                missing += [
                    (path.name, row["label"]) for row in csv.DictReader(file) if not row.get("label_en")
                ]
    assert missing == []


def test_every_text_of_a_script_comes_from_the_server() -> None:
    said = set()
    bare = []
    for path in SCRIPTS:
        code = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
        code = "\n".join(re.sub(r"(^|\s)//.*", "", line) for line in code.splitlines())
        said |= set(re.findall(r"word\(\s*'([^']*)'", code))
        bare += [
            f"{path.name}: {line.strip()}"
            for line in code.splitlines()
            if CHINESE.search(re.sub(r"word\('[^']*'", "", line))
        ]
    assert said - set(WORDS) == set()
    assert bare == []
