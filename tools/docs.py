"""
Keep the documents whole: write the generated ones, and find links within the project that lead nowhere.

    python tools/docs.py            write what is generated, then check the links
    python tools/docs.py --check    only check
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

from environment import ROOT, ensure, tool

LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)")
GENERATED = {
    "settings.md": "anlu.project.reference",
    "commands.md": "anlu.commands.reference",
    "kinds.md": "anlu.project.kinds",
}
HEADING = re.compile(r"^#+\s+(.*?)\s*#*$", re.M)


def main(arguments: list[str]) -> int:
    """Write and check."""
    if "--check" not in arguments:
        ensure("dev")
        subprocess.run([tool("python"), str(ROOT / "tools/third_party.py")], check=True)
        subprocess.run([tool("python"), str(ROOT / "tools/translations.py")], check=True)
        for page, module in GENERATED.items():
            subprocess.run([tool("python"), "-m", module, str(ROOT / "docs/reference" / page)], check=True)
    pages = [ROOT / name for name in listed("*.md")]
    broken = [f"{page.relative_to(ROOT)}: {link}" for page in pages for link in broken_links(page)]
    print("\n".join([*broken, f"{len(pages)} documents, {len(broken)} broken links"]))
    return 1 if broken else 0


def listed(pattern: str) -> list[str]:
    """Return the project's files of this pattern, tracked or new, that are there."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", pattern]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [name for name in names if name and (ROOT / name).is_file()]


def broken_links(page: Path) -> list[str]:
    """Return the links of a page to files or headings of the project that do not exist."""
    text = without_code(page.read_text(encoding="utf-8"))
    return [
        link for link in LINK.findall(text) if not (re.match(r"[a-z]+:", link) or leads_somewhere(page, link))
    ]


def leads_somewhere(page: Path, link: str) -> bool:
    """Say whether a link relative to a page finds its file, and its heading if it names one."""
    path, _, anchor = unquote(link).partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists():
        return False
    return not anchor or target.suffix != ".md" or anchor in anchors(target.read_text(encoding="utf-8"))


def anchors(text: str) -> set[str]:
    """Return the anchors that a Markdown page offers for its headings."""
    return {
        re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-")
        for each in HEADING.findall(without_code(text))
    }


def without_code(text: str) -> str:
    """Return a page without its code, in which brackets are not links and # is not a heading."""
    return re.sub(r"```.*?```", "", text, flags=re.S)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
