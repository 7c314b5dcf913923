"""The reference page of the commands names every command, action and argument that there is."""

import re
from pathlib import Path

import pytest

from anlu.commands.arguments import Parser
from anlu.commands.reference import actions_of, arguments_of, commands_page, parsers

pytestmark = pytest.mark.no_database
PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "commands.md"


def sections() -> dict[str, str]:
    """What stands under each heading of the page."""
    parts = re.split(r"^#{2,3} (.*)$", PAGE.read_text(encoding="utf-8"), flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("parser", list(parsers()), ids=lambda parser: parser.prog)
def test_every_command_stands_on_the_page_with_its_arguments(parser: Parser) -> None:
    page = sections()
    for one in (parser, *actions_of(parser)):
        assert one.prog in page, "run make docs"
        options = [action.option_strings[-1] for action in arguments_of(one) if action.option_strings]
        absent = [option for option in options if f"`{option}" not in page[one.prog]]
        assert absent == [], "run make docs"


@pytest.mark.parametrize("parser", list(parsers()), ids=lambda parser: parser.prog)
def test_every_argument_is_explained_in_chinese(parser: Parser) -> None:
    for one in (parser, *actions_of(parser)):
        assert re.search(r"[\u4e00-\u9fff]", one.description or ""), one.prog
        for action in arguments_of(one):
            assert re.search(r"[\u4e00-\u9fff]", action.help or ""), f"{one.prog} {action.dest}"


def test_a_written_page_is_the_page_of_the_arguments() -> None:
    assert commands_page().startswith("# 命令\n")
    assert "\n### anlu risk density\n" in commands_page()
    assert "| `--network N`, 必填 | 路网文件(线) |" in commands_page()
