"""Converting by LibreOffice, told with a small program in its place."""

import os
import select
import stat

import pytest

from anlu.engine.files.office import (
    ConversionFailed,
    OfficeMissing,
    convert_to_pdf,
    find_office,
    make_profile,
    official_faces,
)

CONVERTS = """#!/bin/sh
while [ "$1" != "--outdir" ]; do shift; done
out=$2; shift 2
for file in "$@"; do cp "$file" "$out/$(basename "$file" .docx).pdf"; done
"""
FORGETS = CONVERTS.replace("for file", "shift; for file")


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Put a program in LibreOffice's place."""

    def put(text: str) -> None:
        path = tmp_path / "soffice"
        path.write_text(text)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("ANLU_SOFFICE", str(path))

    return put


def test_each_file_comes_back_in_its_place(program):
    program(CONVERTS)
    assert convert_to_pdf([b"one", b"two", b"three"]) == [b"one", b"two", b"three"]


def test_many_files_come_back_in_their_order_from_two_calls(program):
    program(CONVERTS)
    files = [str(number).encode() for number in range(101)]
    assert convert_to_pdf(files) == files


def test_no_file_needs_no_program(monkeypatch):
    monkeypatch.setenv("ANLU_SOFFICE", "/nowhere/soffice")
    assert convert_to_pdf([]) == []


def test_a_file_that_was_left_out_is_named(program):
    program(FORGETS)
    with pytest.raises(ConversionFailed, match="没有转换第 1 个文件"):
        convert_to_pdf([b"one", b"two"])


def test_a_program_that_hangs_is_ended_with_all_that_it_started(program, tmp_path):
    program(f"#!/bin/sh\nsleep 600 & echo $! > {tmp_path}/child\nwait\n")
    with pytest.raises(ConversionFailed, match="秒内没有转换完 1 个文件"):
        convert_to_pdf([b"one"], timeout_s=1.0)
    child = int((tmp_path / "child").read_text())
    try:
        ended, _, _ = select.select([os.pidfd_open(child)], [], [], 30)
    except ProcessLookupError:
        return
    assert ended


def test_a_machine_without_libreoffice_says_what_to_install(monkeypatch):
    monkeypatch.delenv("ANLU_SOFFICE", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    assert find_office() is None
    with pytest.raises(OfficeMissing, match="libreoffice-writer"):
        convert_to_pdf([b"one"])


@pytest.fixture
def fontconfig(tmp_path, monkeypatch):
    """Put a program in fc-list's place, which writes down each of its calls."""

    def put(text: str) -> None:
        listing = tmp_path / "fc-list"
        listing.write_text(f"#!/bin/sh\necho called >> {tmp_path}/calls\n{text}\n")
        listing.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    return put


def test_without_fontconfig_nothing_is_replaced_and_nothing_is_said_to_be_missing(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    faces = official_faces()
    assert (faces.stand_ins, faces.lacking, faces.note) == ({}, (), "")


def test_a_fontconfig_that_fails_says_nothing_about_faces(fontconfig):
    fontconfig("exit 1")
    assert official_faces().lacking == ()


def test_fontconfig_is_asked_once_for_everything_that_is_said_about_faces(fontconfig, tmp_path):
    fontconfig("echo 'Noto Serif CJK SC'")
    faces = official_faces()
    assert faces.stand_ins
    assert faces.lacking
    assert (tmp_path / "calls").read_text() == "called\n"


@pytest.mark.parametrize(
    ("families", "note"),
    [
        ("方正小标宋简体,仿宋_GB2312,楷体_GB2312,黑体,宋体", ""),
        (
            "方正小标宋简体,仿宋_GB2312,楷体_GB2312,宋体,Noto Sans CJK SC",
            "本机没有黑体，PDF 以 Noto Sans CJK SC 代替",
        ),
        (
            "方正小标宋简体,仿宋_GB2312,楷体_GB2312,宋体,DejaVu Sans",
            "没有可以代替黑体的字体，PDF 中可能缺字，请安装 fonts-noto-cjk",
        ),
    ],
)
def test_whoever_prints_is_told_which_faces_stand_in_and_which_are_missing(families, note, fontconfig):
    fontconfig(f"echo '{families}'")
    assert official_faces().note == note


def test_the_profile_names_each_face_and_what_stands_in_for_it(tmp_path):
    make_profile(tmp_path / "profile", {"仿宋_GB2312": "Noto Serif CJK SC"})
    text = (tmp_path / "profile" / "user" / "registrymodifications.xcu").read_text(encoding="utf-8")
    assert "<value>仿宋_GB2312</value>" in text
    assert "<value>Noto Serif CJK SC</value>" in text
