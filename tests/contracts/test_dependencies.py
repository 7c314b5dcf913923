"""Users get every package that the code imports, and the file says what each is for."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.no_database
ROOT = Path(__file__).resolve().parents[2]
# Programs that a benchmark is run beside: whoever measures installs them; only their own process imports them.
PEERS = {"src/anlu/commands/benches/imports_peer.py": {"import_export", "tablib"}}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def plain(name: str) -> str:
    """Return a package name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[ ~<>=!\[;]", name)[0]).lower()


def imported_packages() -> dict[str, str]:
    """Return {top-level module outside the standard library: one file that imports it} of the whole package."""
    found: dict[str, str] = {}
    for file in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.append(node.module)
            path = str(file.relative_to(ROOT))
            modules = {name.split(".")[0] for name in names} - PEERS.get(path, set())
            found.update(dict.fromkeys(modules, path))
    return {name: file for name, file in found.items() if name not in {*sys.stdlib_module_names, "anlu"}}


def undeclared(modules: dict[str, str]) -> dict[str, str]:
    """Return those of {module: who wants it} that no declared dependency provides."""
    declared = {plain(each) for each in PROJECT["dependencies"]}
    providers = packages_distributions()
    return {
        module: wanted_by
        for module, wanted_by in modules.items()
        if not declared & {plain(name) for name in providers.get(module, [])}
    }


def test_everything_imported_is_a_declared_dependency() -> None:
    assert undeclared(imported_packages()) == {}


def test_nothing_imports_a_program_that_runs_beside_a_benchmark() -> None:
    for path in PEERS:
        module = Path(path).stem
        assert not [
            file for file in (ROOT / "src").rglob("*.py") if f"import {module}" in file.read_text("utf-8")
        ]


def test_everything_that_the_settings_name_is_a_declared_dependency() -> None:
    named = [*settings.INSTALLED_APPS, *settings.MIDDLEWARE, *settings.AUTHENTICATION_BACKENDS]
    modules = {path.split(".")[0]: path for path in named}
    del modules["anlu"]
    assert "django" in modules
    assert undeclared(modules) == {}


def test_every_dependency_says_what_it_is_for() -> None:
    lines = re.findall(
        r'^ {4}"([A-Za-z][\w.\[\]-]*[^"]*)",(.*)$', (ROOT / "pyproject.toml").read_text(), re.M
    )
    said = {plain(name) for name, rest in lines if re.match(r" +# \w", rest)}
    assert {plain(each) for each in PROJECT["dependencies"]} - said == set()
