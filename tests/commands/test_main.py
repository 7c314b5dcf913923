"""The command line itself: exit codes, one-line errors, and what is imported."""

import json
import subprocess
import sys
from importlib.util import find_spec

import pytest

from anlu import __version__
from anlu.__main__ import COMMANDS, main, present_commands
from anlu.commands import stats
from anlu.commands.arguments import in_chinese
from anlu.engine.errors import BadInput

pytestmark = pytest.mark.no_database


def one_line_of(text: str) -> str:
    assert text.endswith("\n")
    assert len(text.splitlines()) == 1, text
    return text


def test_the_version_is_the_packages(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"anlu {__version__}\n"


def test_help_lists_every_command_that_is_present_and_no_other(capsys):
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    listed = {
        line.split()[0] for line in text.splitlines() if line.startswith("  ") and line.strip()[0] != "-"
    }
    assert listed == set(present_commands())
    assert "stats" in listed


def test_a_command_is_present_when_its_module_is():
    assert present_commands().keys() == {
        name for name, (module, _) in COMMANDS.items() if find_spec(f"anlu.commands.{module}")
    }


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["nope"],
        ["--nope"],
        ["stats"],
        ["stats", "nope"],
        ["stats", "compare"],
        ["a\nb"],
        ["stats", "x\ny"],
        [""],
    ],
)
def test_what_is_not_understood_ends_with_2_and_one_line(words, capsys):
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert one_line_of(err).startswith("输入有误: ")


def test_arguments_are_not_guessed_from_their_beginning(capsys):
    assert main(["stats", "compare", "--cur", "1", "--previous", "2"]) == 2
    assert "--current" in one_line_of(capsys.readouterr().err)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (BadInput(file="a.csv", line=3, field="x", found="y"), '文件 a.csv, 第 3 行, 字段 x: 发现 "y"'),
        (FileNotFoundError(2, "No such file", "gone.csv"), "文件 gone.csv: 文件不存在"),
        (IsADirectoryError(21, "Is a directory", "folder"), "文件 folder: 这是文件夹, 应为文件"),
        (PermissionError(13, "Permission denied", b"locked.csv"), "文件 locked.csv: 没有读写权限"),
    ],
)  # fmt: skip
def test_bad_input_anywhere_becomes_one_line(error, said, capsys, monkeypatch):
    def fail(_):
        raise error

    monkeypatch.setattr(stats, "run", fail)
    assert main(["stats", "compare", "--current", "1", "--previous", "2"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert one_line_of(err) == f"输入有误: {said}\n"


def test_a_mistake_of_ours_is_not_passed_off_as_bad_input(monkeypatch):
    def fail(_):
        raise KeyError("our mistake")

    monkeypatch.setattr(stats, "run", fail)
    with pytest.raises(KeyError):
        main(["stats", "compare", "--current", "1", "--previous", "2"])


def test_an_interrupt_is_quiet(capsys, monkeypatch):
    def fail(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(stats, "run", fail)
    assert main(["stats", "compare", "--current", "1", "--previous", "2"]) == 130
    assert capsys.readouterr() == ("", "已中断\n")


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("the following arguments are required: --a, b", "缺少参数 --a, b"),
        ("argument --x: invalid int value: 'y'", "参数 --x: 发现 'y', 应为 int"),
        ("argument -a: not allowed with argument -b", "参数 -a 不能与 -b 同用"),
        ("something new", "something new"),
    ],
)
def test_argparse_speaks_chinese(english, chinese):
    assert in_chinese(english) == chinese


def run_python(code: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=False, env=environment or None
    )


def test_statistics_import_neither_django_nor_anything_heavy():
    code = """
import contextlib, io, json, sys
from anlu.__main__ import main
with contextlib.redirect_stdout(io.StringIO()):
    code = main(["stats", "compare", "--current", "39", "--previous", "53", "--json"])
print(json.dumps([code, sorted(name.partition(".")[0] for name in sys.modules)]))
"""
    code, modules = json.loads(run_python(code).stdout)
    assert code == 0
    heavy = {"django", "ninja", "huey", "numpy", "scipy", "polars", "pyarrow", "pandas", "pydantic"}
    assert heavy & set(modules) == set()


def test_output_is_utf8_whatever_the_locale_says():
    code = "import sys; from anlu.__main__ import main; sys.exit(main(sys.argv[1:]))"
    ran = subprocess.run(
        [
            sys.executable,
            "-X",
            "utf8=0",
            "-c",
            code,
            "stats",
            "compare",
            "--current",
            "3",
            "--previous",
            "4",
            "--json",
        ],
        capture_output=True,
        check=False,
        env={"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "latin-1"},
    )
    assert ran.returncode == 0
    assert json.loads(ran.stdout.decode("utf-8"))["words"] == "下降25.00%"


def test_a_reader_that_goes_away_causes_no_traceback():
    command = f"{sys.executable} -m anlu --help | true"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, check=False)
    assert ran.stderr == b""
