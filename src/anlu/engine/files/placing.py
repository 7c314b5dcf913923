"""Output files that appear whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from anlu.engine.errors import BadInput


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """
    A path of the same name in a folder of its own; what was written there takes the place of ``path`` at
    the end.

    Files written beside it (those of a Shapefile) move along.

    Raises
    ------
    BadInput
        The folder does not exist or cannot be written to.
    """
    folder = path.parent
    if not folder.is_dir():
        raise BadInput("输出文件夹不存在", file=path)
    if path.is_dir():
        raise BadInput("这是文件夹, 应为文件", file=path)
    if not os.access(folder, os.W_OK):
        raise BadInput("没有写权限", file=path)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".writing-") as work:
        yield Path(work) / path.name
        for part in sorted(Path(work).iterdir()):
            os.replace(part, folder / part.name)
