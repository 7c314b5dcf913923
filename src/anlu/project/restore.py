"""
Bringing a backup back: all of it or nothing.

Everything is unpacked and checked beside the installation first. Stored files are added (they are addressed
by their content and cannot collide); then the database is exchanged in one step: one list of renames for
SQLite, one transaction for PostgreSQL. A process killed before that step has changed nothing; killed during
the renames it is finished by the next command.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection

from anlu.engine.errors import BadInput
from anlu.kernel.core import crypto, store
from anlu.kernel.core.audit import ANCHOR_FILE, anchor_file, record, seal_pending
from anlu.kernel.core.clock import now
from anlu.kernel.core.installation import FORMAT_NUMBER, DatabaseState, database_state, register_installation
from anlu.kernel.core.keys import fingerprints, make_keys
from anlu.kernel.core.scope import SYSTEM
from anlu.project.archive import DATABASE, Manifest, unpack
from anlu.project.folder import BEFORE, rename_all
from anlu.project.tables import database_file, import_into_postgres, migrate_file


def restore_backup(
    path: Path, *, force: bool, on_step: Callable[[str], None] = lambda step: None
) -> tuple[Manifest, list[str]]:
    """
    Restore ``path`` into this installation; give back its manifest and warnings about keys.

    Raises
    ------
    BadInput
        The backup is damaged or too new, or the installation is not empty and ``force`` is not given.
    """
    was_empty = _require_room(force=force)
    folder = Path(settings.ANLU_DATA_FOLDER)
    with tempfile.TemporaryDirectory(prefix="restore-", dir=folder) as name:
        staged = Path(name)
        on_step("核对备份")
        manifest = unpack(path, staged)
        _require_known_format(path, manifest, staged / DATABASE)
        on_step("整理数据库")
        migrate_file(staged / DATABASE)
        _add_uploads(staged)
        on_step("写入数据库")
        _exchange(staged, folder, with_keys=manifest.with_keys)
        if was_empty and connection.vendor == "sqlite":
            Path(f"{connection.settings_dict['NAME']}{BEFORE}").unlink(missing_ok=True)
    connection.close()
    crypto.forget_keys()
    register_installation()
    record(
        "restore",
        None,
        by=SYSTEM,
        kind="core.installation",
        label=path.name,
        note=f"备份于 {manifest.made_at}",
    )
    seal_pending()
    return manifest, _key_warnings(manifest)


def _require_room(*, force: bool) -> bool:
    """Refuse to write over an installation that was not meant to be; True when there is none."""
    try:
        state = database_state()
    except DatabaseError:
        state = DatabaseState.NEWER  # something is there that cannot be read
    if state is not DatabaseState.EMPTY and not force:
        raise BadInput("这里已有安装, 恢复会替换其全部数据: 确要如此请加 --force")
    return state is DatabaseState.EMPTY


def _require_known_format(path: Path, manifest: Manifest, database: Path) -> None:
    """Refuse what newer software has written."""
    newer = manifest.database_format > FORMAT_NUMBER
    if not newer:
        with database_file(database) as alias:
            newer = database_state(alias) is DatabaseState.NEWER
    if newer:
        raise BadInput("备份来自较新的版本, 本版本不能打开: 请升级软件", file=path)


def _add_uploads(staged: Path) -> None:
    for file in sorted((staged / "uploads").glob("*")):
        target = store.path_of(file.name)
        if not store.is_whole(file.name):
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.replace(target)


def _exchange(staged: Path, folder: Path, *, with_keys: bool) -> None:
    """The step after which everything is different. Anchors of the chain that was here are put aside."""
    renames: list[tuple[str, str]] = []
    if anchor_file().exists():
        renames.append((ANCHOR_FILE, f"{now():%Y%m%d-%H%M%S}-{ANCHOR_FILE}"))
    if with_keys:
        shutil.rmtree(folder / "keys.restored", ignore_errors=True)
        shutil.copytree(staged / "keys", folder / "keys.restored")
        (folder / "keys.restored").chmod(0o700)
        renames.append(("keys.restored", "keys"))
    if connection.vendor == "sqlite":
        target = Path(str(connection.settings_dict["NAME"]))
        beside = target.with_name(f"{target.name}.restored")
        _copy_durably(staged / DATABASE, beside)
        connection.close()
        rename_all(folder, [(str(beside), str(target)), *renames])
        return
    if database_state() is not DatabaseState.CURRENT:
        call_command("migrate", verbosity=0, interactive=False)
    try:
        import_into_postgres(staged / DATABASE)
    except OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise BadInput(f"数据库没有让出来, 什么也没有改变: {reason}", field="DATABASE_URL") from None
    rename_all(folder, renames)


def _copy_durably(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    target.chmod(0o600)
    with target.open("rb+") as file:
        os.fsync(file.fileno())


def _key_warnings(manifest: Manifest) -> list[str]:
    """Whether the keys that are here can read what was restored; new ones are made only where nothing is
    encrypted.
    """
    folder = Path(settings.ANLU_KEYS_FOLDER)
    if not manifest.keys_in_use:
        make_keys(folder)
        return []
    have = fingerprints(folder) if folder.is_dir() else {}
    needed = {f"field-{number}" for number in manifest.keys_in_use} | {"index"}
    wrong = sorted(name for name in needed if have.get(name) != manifest.key_fingerprints.get(name))
    return (
        [f"密钥 {', '.join(wrong)} 与备份时不同或缺失: 加密字段无法读取, 请把原来的密钥放回 {folder}"]
        if wrong
        else []
    )
