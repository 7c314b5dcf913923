"""No file of the project names the machine it was written on, or ties its reader to one package index."""

import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.no_database
ROOT = Path(__file__).resolve().parents[2]
BINARY = {".png", ".jpg", ".ico", ".gz", ".gpkg", ".xlsx", ".woff2", ".mo"}

# Put together here so that this file does not contain what it looks for.
MACHINE_PATHS = ["/" + folder + "/" for folder in ("work", "root", "home", "Users", "opt/pypi", "opt/wheels")]
INDEX_HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("npmmirror", "com"),
        ("tuna", "tsinghua", "edu", "cn"),
    )
]
WRITING_TOOLS = ["chat" + "gpt", "clau" + "de", "anthro" + "pic", "open" + "ai", "co" + "pilot"]


def tracked_files() -> list[Path]:
    """Return the text files under version control that are there (a file being moved is not)."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listing.returncode:
        pytest.skip("NOT TESTED: not a git checkout, so the files of the project cannot be told from others")
    names = [ROOT / name for name in listing.stdout.split("\0") if name]
    return [path for path in names if path.is_file() and path.suffix not in BINARY]


@pytest.mark.parametrize(
    "forbidden", [MACHINE_PATHS, INDEX_HOSTS, WRITING_TOOLS], ids=["paths", "hosts", "tools"]
)
def test_no_tracked_file_names(forbidden: list[str]) -> None:
    files = tracked_files()
    assert len(files) > 10
    found = [
        f"{path.relative_to(ROOT)}:{number}: {word}"
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8").lower().splitlines(), 1)
        for word in forbidden
        if word.lower() in line
    ]
    assert found == []


def test_every_tracked_text_file_is_utf8_and_ends_with_a_newline() -> None:
    unfinished = [
        str(path.relative_to(ROOT))
        for path in tracked_files()
        if (content := path.read_bytes()) and (not content.endswith(b"\n") or b"\r\n" in content)
    ]
    assert unfinished == []
