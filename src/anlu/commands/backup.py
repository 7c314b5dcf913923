"""``anlu backup OUT``: one file with the database and the stored files, made while people go on working."""

from __future__ import annotations

import argparse
from pathlib import Path

from anlu.engine.errors import BadInput
from anlu.project.configuration import configuration
from anlu.project.start import start


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("out", type=Path, metavar="OUT", help="备份文件(.tar.gz)")
    parser.add_argument("--with-keys", action="store_true", help="连同密钥(这样的备份须如密钥一样保管)")


def run(args: argparse.Namespace) -> int:
    """Make the backup and say what is in it."""
    _require_writable(args.out)
    start()
    from anlu.project.backup import make_backup  # Django is set up by now, not at import

    manifest = make_backup(args.out, with_keys=args.with_keys, on_step=print)
    rows = sum(manifest.tables.values())
    files = sum(name.startswith("uploads/") for name in manifest.members)
    size_mb = args.out.stat().st_size / 1e6
    print(f"备份完成: {args.out}({size_mb:.1f} MB, {rows} 行, {files} 个文件)")
    for digest in manifest.damaged_uploads:
        print(f"警告: 文件 {digest} 缺失或已损坏, 未进入备份")
    if not args.with_keys:
        keys = configuration.data_folder / "keys"
        print(f"密钥不在备份中: 请另行保管 {keys}, 没有它加密的证件号和电话无法读取")
    return 0


def _require_writable(out: Path) -> None:
    if out.is_dir():
        raise BadInput("这是文件夹, 应为文件", file=out)
    if not out.absolute().parent.is_dir():
        raise BadInput("所在文件夹不存在", file=out)
