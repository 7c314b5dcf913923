"""
The data folder: who may read it, who is using it, and renames that a killed process left half done.

No Django here: commands look at the folder before they load anything.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from anlu.engine.errors import BadInput

SERVE_LOCK: Final = "serve.lock"
INIT_LOCK: Final = "init.lock"
RENAMES: Final = "renames.todo"
BEFORE: Final = ".before"


def make_folder(folder: Path) -> None:
    """Make the data folder for its owner only; one that is there and empty is closed to others as well."""
    if not folder.exists():
        folder.mkdir(mode=0o700, parents=True)
    if not any(folder.iterdir()):
        with suppress(PermissionError):
            folder.chmod(0o700)


@contextmanager
def locked(folder: Path, name: str, *, busy: str) -> Iterator[None]:
    """
    Hold a lock of the data folder for a block; it ends with the process whatever happens.

    Raises
    ------
    BadInput
        Somebody else holds it; ``busy`` says so.
    """
    descriptor = os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BadInput(busy) from None
        yield
    finally:
        os.close(descriptor)


def is_locked(folder: Path, name: str) -> bool:
    """True when some process holds the lock."""
    try:
        with locked(folder, name, busy=name):
            return False
    except BadInput:
        return True


def rename_all(folder: Path, renames: Sequence[tuple[str, str]]) -> None:
    """
    Put several new files or folders of the data folder in their places, all or none of them.

    The list is written down first; a process that is killed in between is finished by the next command.
    What was there is kept under its name with ``.before``. A target with ``-wal`` or ``-shm`` beside it
    loses those.
    """
    draft = folder / f"{RENAMES}.draft"
    with draft.open("w", encoding="utf-8") as file:
        json.dump([list(pair) for pair in renames], file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / RENAMES)
    finish_renames(folder)


def finish_renames(folder: Path) -> bool:
    """Finish what ``rename_all`` began; True when there was something to finish."""
    todo = folder / RENAMES
    if not todo.exists():
        return False
    for source, target in json.loads(todo.read_text(encoding="utf-8")):
        if (folder / source).exists():
            _put_aside(folder / target)
            (folder / source).replace(folder / target)
    todo.unlink()
    return True


def _put_aside(target: Path) -> None:
    for leftover in (target.with_name(f"{target.name}-wal"), target.with_name(f"{target.name}-shm")):
        leftover.unlink(missing_ok=True)
    if not target.exists():
        return
    if target.is_file() and not target.stat().st_size:
        target.unlink()  # opened once, never filled
        return
    aside = target.with_name(f"{target.name}{BEFORE}")
    if aside.is_dir():
        shutil.rmtree(aside)
    target.replace(aside)
