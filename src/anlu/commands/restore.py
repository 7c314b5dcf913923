"""``anlu restore FILE``: bring a backup back, all of it or nothing."""

from __future__ import annotations

import argparse
from pathlib import Path

from anlu.engine.errors import BadInput
from anlu.kernel.core.keys import make_secret
from anlu.project.configuration import configuration, write_sample
from anlu.project.folder import INIT_LOCK, SERVE_LOCK, locked, make_folder
from anlu.project.start import require_database, set_up


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", type=Path, metavar="FILE", help="anlu backup 写出的文件")
    parser.add_argument("--force", action="store_true", help="替换这里已有的安装")


def run(args: argparse.Namespace) -> int:
    """Restore, and say what came back."""
    if not args.file.is_file():
        raise BadInput("文件不存在" if not args.file.exists() else "不是文件", file=args.file)
    folder = configuration.data_folder
    make_folder(folder)
    serving = "anlu serve 正在运行: 请先停止, 再恢复"
    with locked(folder, SERVE_LOCK, busy=serving), locked(folder, INIT_LOCK, busy="另一个命令正在建立或恢复"):
        write_sample(folder)
        make_secret(folder / "keys")
        set_up()
        require_database()
        _restore(args.file, force=args.force)
    return 0


def _restore(path: Path, *, force: bool) -> None:
    from anlu.project.restore import restore_backup  # Django is set up by now, not at import

    manifest, warnings = restore_backup(path, force=force, on_step=print)
    rows = sum(manifest.tables.values())
    files = sum(name.startswith("uploads/") for name in manifest.members)
    print(f"已恢复「{manifest.name}」, 备份于 {manifest.made_at}: {rows} 行, {files} 个文件")
    for warning in warnings:
        print(f"警告: {warning}")
