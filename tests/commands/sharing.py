"""
One demonstration installation for a whole run: begun before the first test, in the background, by whichever worker of
`-n` comes first; every worker takes a copy of its own. On SQLite one serves all stages of `make test`.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.commands.installations import Place, empty_place, on_postgres, sqlite_place

# The folder in which `tools/check.py` keeps what one stage has made for a later one; it takes it away at the end.
KEPT_VARIABLE = "ANLU_TEST_KEPT"
KEEP_EXIT_CODE = "import subprocess, sys; print(subprocess.run(sys.argv[1:], stdout=sys.stderr).returncode)"


@dataclass(frozen=True)
class SharedPlace:
    """
    The installation that the workers of a run share; ``folder`` is common to them and to nobody else, ``room`` gives
    the room for it.

    It is being made as long as somebody holds the lock: the process that makes it inherits the lock and lets it go when
    it ends, however it ends. A ``kept`` one stays for a later stage.
    """

    folder: Path
    room: Callable[[Path], Place] = empty_place
    kept: bool = False

    def begin(self) -> subprocess.Popen[bytes] | None:
        """Start making it, unless another worker has done so; gives the process, which nobody has to wait for."""
        with self._held("begun") as begun:
            if begun.read_text():
                return None
            place = self.room(self.folder / "data")
            begun.write_text(json.dumps([place.server, place.database]))
            with (self.folder / "making.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                command = [
                    sys.executable,
                    "-c",
                    KEEP_EXIT_CODE,
                    sys.executable,
                    "-m",
                    "anlu",
                    "init",
                    "--demo",
                ]
                with (self.folder / "code").open("w") as code, (self.folder / "said").open("w") as said:
                    return subprocess.Popen(
                        command, env=place.environment, stdout=code, stderr=said, pass_fds=[lock.fileno()]
                    )

    def made(self) -> Place:
        """The installation, once it is made."""
        self._wait()
        assert (self.folder / "code").read_text() == "0\n", (self.folder / "said").read_text()
        return self._place()

    def leave(self, workers: int) -> None:
        """Take it away when the last worker leaves, unless it is kept."""
        if self.kept:
            return
        with self._held("left") as left:
            left.write_text(f"{left.read_text()}.")
            if len(left.read_text()) == workers and self._is_begun():
                self._wait()
                self._place().drop()
                shutil.rmtree(self.folder / "data", ignore_errors=True)

    def _is_begun(self) -> bool:
        begun = self.folder / "begun"
        return begun.exists() and bool(begun.read_text())

    def _wait(self) -> None:
        """Until it is made."""
        with (self.folder / "making.lock").open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)

    def _place(self) -> Place:
        server, database = json.loads((self.folder / "begun").read_text())
        return Place(self.folder / "data", server, database)

    @contextmanager
    def _held(self, name: str) -> Iterator[Path]:
        """A file of the folder that nobody else reads or writes meanwhile."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield path


def shared_place(base: Path, name: str, room: Callable[[Path], Place] = empty_place) -> SharedPlace:
    """
    The installation of this run: on SQLite the one that is kept from stage to stage, else one of its own.

    Parameters
    ----------
    base
        The folder for temporary files of this process.
    """
    kept = os.environ.get(KEPT_VARIABLE)
    if kept and (room is sqlite_place or not on_postgres()):
        return SharedPlace(Path(kept) / "demonstration", sqlite_place, kept=True)
    return SharedPlace((base.parent if workers_of_this_run() > 1 else base) / name, room)


def workers_of_this_run() -> int:
    """How many processes run the tests."""
    return int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
