"""
LibreOffice as a printer of documents: .docx in, PDF out.

The one place of the engine that starts another program. Commands and kernel both need it and neither may depend on
the other; what is converted, and when, they decide.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

PROGRAMS: Final = ("soffice", "libreoffice", "soffice.bin")
SECONDS_FOR_STARTING: Final = 60.0
SECONDS_PER_FILE: Final = 10.0
WORTH_TWO_CALLS: Final = 40  # files; a call takes seconds to start
# What stands in for each official face where it is not installed, best first.
SUBSTITUTES: Final[Mapping[str, tuple[str, ...]]] = {
    "方正小标宋简体": (
        "FZXiaoBiaoSong-B05S",
        "FandolSong",
        "Noto Serif CJK SC",
        "Source Han Serif SC",
        "AR PL SungtiL GB",
    ),
    "仿宋_GB2312": (
        "仿宋",
        "FangSong",
        "FandolFang R",
        "FandolFang",
        "Noto Serif CJK SC",
        "Source Han Serif SC",
        "AR PL SungtiL GB",
    ),
    "楷体_GB2312": ("楷体", "KaiTi", "FandolKai", "AR PL KaitiM GB", "AR PL UKai CN", "Noto Serif CJK SC"),
    "黑体": ("SimHei", "FandolHei", "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Zen Hei"),
    "宋体": ("SimSun", "FandolSong", "Noto Serif CJK SC", "Source Han Serif SC", "AR PL SungtiL GB"),
}


class OfficeMissing(Exception):
    """There is no LibreOffice on this machine."""


class ConversionFailed(Exception):
    """LibreOffice did not give a PDF for each file."""


def find_office() -> str | None:
    """The path of LibreOffice; ``ANLU_SOFFICE`` may name another one."""
    named = os.environ.get("ANLU_SOFFICE")
    if named is not None:
        return named if Path(named).is_file() else None
    return next((path for path in map(shutil.which, PROGRAMS) if path), None)


def convert_to_pdf(
    documents: Sequence[bytes],
    *,
    timeout_s: float | None = None,
    substitutes: Mapping[str, str] | None = None,
) -> list[bytes]:
    """
    PDFs of many .docx files, in their order, by one call of LibreOffice with a profile of its own; many by two at once.

    Parameters
    ----------
    timeout_s
        Longest time of a call; by default one minute and ten seconds for each file.
    substitutes
        Face in the file → face to print with; by default what :func:`official_faces` finds.

    Raises
    ------
    OfficeMissing
        There is no LibreOffice.
    ConversionFailed
        It took too long or left files out.
    """
    if not documents:
        return []
    program = find_office()
    if program is None:
        raise OfficeMissing("没有找到 LibreOffice, 不能生成 PDF; 请安装 libreoffice-writer")
    faces = official_faces().stand_ins if substitutes is None else substitutes
    calls = 2 if len(documents) >= WORTH_TWO_CALLS and (os.cpu_count() or 1) > 1 else 1
    size = -(-len(documents) // calls)
    limit = timeout_s or SECONDS_FOR_STARTING + SECONDS_PER_FILE * size
    batches = [(at, documents[at : at + size]) for at in range(0, len(documents), size)]
    with ThreadPoolExecutor(calls) as pool:
        made = pool.map(
            lambda batch: convert_batch(program, batch[1], limit, faces, first=batch[0] + 1), batches
        )
        return [pdf for each in made for pdf in each]


def convert_batch(
    program: str, documents: Sequence[bytes], limit_s: float, substitutes: Mapping[str, str], *, first: int
) -> list[bytes]:
    """One call of LibreOffice; ``first`` is the number of its first file in messages."""
    with tempfile.TemporaryDirectory(prefix="anlu-office-") as folder:
        place = Path(folder)
        make_profile(place / "profile", substitutes)
        (place / "out").mkdir()
        names = [f"{number:05d}" for number in range(first, first + len(documents))]
        for name, content in zip(names, documents, strict=True):
            (place / f"{name}.docx").write_bytes(content)
        call_office(program, place, names, limit_s)
        made = [place / "out" / f"{name}.pdf" for name in names]
        missing = [str(number) for number, path in enumerate(made, first) if not path.is_file()]
        if missing:
            raise ConversionFailed(f"LibreOffice 没有转换第 {'、'.join(missing)} 个文件")
        return [path.read_bytes() for path in made]


def call_office(program: str, place: Path, names: Sequence[str], limit_s: float) -> None:
    """Run LibreOffice over the files of a folder; it is ended, with all that it started, when time is over."""
    command = [
        program,
        f"-env:UserInstallation={(place / 'profile').as_uri()}",
        "--headless",
        "--norestore",
        "--nolockcheck",
        "--convert-to",
        "pdf",
        "--outdir",
        str(place / "out"),
        *(str(place / f"{name}.docx") for name in names),
    ]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    try:
        process.wait(timeout=limit_s)
    except subprocess.TimeoutExpired:
        raise ConversionFailed(f"LibreOffice 在 {limit_s:.0f} 秒内没有转换完 {len(names)} 个文件") from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, 9)
            process.wait()


@dataclass(frozen=True)
class Faces:
    """The official faces that this machine lacks: the best one that stands in for each, and those without any."""

    stand_ins: Mapping[str, str] = field(default_factory=dict)
    lacking: tuple[str, ...] = ()

    @property
    def note(self) -> str:
        """What whoever prints here should know; "" when all official faces are installed."""
        notes = []
        if self.stand_ins:
            chosen = "、".join(dict.fromkeys(self.stand_ins.values()))
            notes.append(f"本机没有{'、'.join(self.stand_ins)}，PDF 以 {chosen} 代替")
        if self.lacking:
            faces = "、".join(self.lacking)
            notes.append(f"没有可以代替{faces}的字体，PDF 中可能缺字，请安装 fonts-noto-cjk")
        return "；".join(notes)


def official_faces() -> Faces:
    """What this machine has for the official faces: one call of fontconfig. Where there is none, nothing is known."""
    present = installed_families()
    if present is None:
        return Faces()
    wanted = {face: choices for face, choices in SUBSTITUTES.items() if face not in present}
    found = {
        face: next((each for each in choices if each in present), "") for face, choices in wanted.items()
    }
    return Faces(
        {face: choice for face, choice in found.items() if choice},
        tuple(face for face, choice in found.items() if not choice),
    )


def installed_families() -> frozenset[str] | None:
    """Names of the font families of this machine, as fontconfig knows them; None where it cannot be asked."""
    if shutil.which("fc-list") is None:
        return None
    listed = subprocess.run(["fc-list", ":", "family"], capture_output=True, text=True, timeout=60)
    if listed.returncode:
        return None
    return frozenset(name.strip() for line in listed.stdout.splitlines() for name in line.split(","))


def make_profile(folder: Path, substitutes: Mapping[str, str]) -> None:
    """A new profile: fonts replaced on screen and paper alike, no recovery, no first-start pages."""
    pairs = "".join(
        f'<item oor:path="/org.openoffice.Office.Common/Font/Substitution/FontPairs">'
        f'<node oor:name="_{number}" oor:op="replace">'
        f'<prop oor:name="ReplaceFont"><value>{face}</value></prop>'
        f'<prop oor:name="SubstituteFont"><value>{choice}</value></prop>'
        f'<prop oor:name="Always"><value>true</value></prop>'
        f'<prop oor:name="OnScreenOnly"><value>false</value></prop>'
        f"</node></item>"
        for number, (face, choice) in enumerate(sorted(substitutes.items()))
    )
    on = (
        '<item oor:path="/org.openoffice.Office.Common/Font/Substitution">'
        '<prop oor:name="Replacement" oor:op="fuse"><value>true</value></prop></item>'
    )
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry"'
        ' xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    )
    (folder / "user").mkdir(parents=True)
    (folder / "user" / "registrymodifications.xcu").write_text(
        f"{head}{on}{pairs}</oor:items>\n", encoding="utf-8"
    )
