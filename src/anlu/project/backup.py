"""Making a backup while people go on working."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.db import connection

from anlu import __version__
from anlu.kernel.core import store
from anlu.kernel.core.audit import last_seal, record, seal_pending
from anlu.kernel.core.clock import now
from anlu.kernel.core.fields import keys_in_use
from anlu.kernel.core.installation import FORMAT_NUMBER, installation
from anlu.kernel.core.keys import fingerprints
from anlu.kernel.core.models import Upload
from anlu.kernel.core.scope import SYSTEM
from anlu.project.archive import DATABASE, Manifest, Member, sha256_of, write_archive
from anlu.project.tables import carried_models, copy_sqlite, export_postgres


def make_backup(
    out: Path, *, with_keys: bool, on_step: Callable[[str], None] = lambda step: None
) -> Manifest:
    """
    Write a backup to ``out`` (an older one there is replaced when the new one is whole).

    Raises
    ------
    OSError
        The disk is full or the folder cannot be written to; ``out`` is then as before.
    """
    seal_pending()
    with tempfile.TemporaryDirectory(prefix="backup-", dir=settings.ANLU_DATA_FOLDER) as folder:
        database = Path(folder) / DATABASE
        on_step("复制数据库")
        _copy_database(database)
        uploads, damaged = _uploads(database)
        members = {DATABASE: database} | uploads | (_keys() if with_keys else {})
        on_step(f"写出备份({len(uploads)} 个文件)")
        manifest = _describe(database, members, damaged, with_keys=with_keys)
        write_archive(out, manifest, members)
    record("backup", None, by=SYSTEM, kind="core.installation", label=out.name, note=_note(manifest))
    seal_pending()
    return manifest


def _copy_database(target: Path) -> None:
    if connection.vendor == "sqlite":
        copy_sqlite(Path(str(connection.settings_dict["NAME"])), target)
    else:
        export_postgres(target)


def _uploads(database: Path) -> tuple[dict[str, Path], list[str]]:
    """Stored contents that the copied database names, and those of them that are missing or damaged."""
    with closing(sqlite3.connect(database)) as copy:
        digests = [
            row[0]
            for row in copy.execute(f'SELECT DISTINCT sha256 FROM "{Upload._meta.db_table}" ORDER BY 1')
        ]
    whole = {digest: store.is_whole(digest) for digest in digests}
    members = {f"uploads/{digest}": store.path_of(digest) for digest in digests if whole[digest]}
    return members, [digest for digest in digests if not whole[digest]]


def _keys() -> dict[str, Path]:
    folder = Path(settings.ANLU_KEYS_FOLDER)
    return {f"keys/{path.name}": path for path in sorted(folder.iterdir()) if not path.name.startswith(".")}


def _describe(database: Path, members: dict[str, Path], damaged: list[str], *, with_keys: bool) -> Manifest:
    row, seal = installation(), last_seal()
    assert row is not None
    return Manifest(
        made_at=now().isoformat(timespec="seconds"),
        software=__version__,
        database_format=FORMAT_NUMBER,
        installation=str(row.uid),
        name=row.name,
        demo=row.demo,
        vendor=connection.vendor,
        tables=_counts(database),
        key_fingerprints=fingerprints(Path(settings.ANLU_KEYS_FOLDER)),
        keys_in_use={str(number): count for number, count in keys_in_use().items()},
        with_keys=with_keys,
        last_seal={"number": seal.number, "digest": seal.digest} if seal else None,
        damaged_uploads=damaged,
        members={name: _member(name, path) for name, path in members.items()},
    )


def _member(name: str, path: Path) -> Member:
    """An upload was just read and found to have the digest that it is named by."""
    digest = path.name if name.startswith("uploads/") else sha256_of(path)
    return Member(path.stat().st_size, digest)


def _counts(database: Path) -> dict[str, int]:
    with closing(sqlite3.connect(database)) as copy:
        tables = [model._meta.db_table for model in carried_models()]
        counts = {table: copy.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables}
    return counts


def _note(manifest: Manifest) -> str:
    size = sum(member.bytes for member in manifest.members.values())
    return f"{len(manifest.members)} 项, {size} 字节{', 含密钥' if manifest.with_keys else ''}"
