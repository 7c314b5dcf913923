"""What ``anlu doctor`` looks at: each check really looks, and says what to do when something is wrong."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection

from anlu.engine.files.office import find_office, official_faces
from anlu.kernel.core import store
from anlu.kernel.core.audit import ANCHOR_FILE, last_seal, verify_chain
from anlu.kernel.core.clock import VARIABLE, now, today
from anlu.kernel.core.fields import keys_in_use, sample_of_each_key
from anlu.kernel.core.installation import (
    DatabaseState,
    database_state,
    installation,
    pending_migrations,
    unknown_migrations,
)
from anlu.kernel.core.keys import KeyProblem, field_numbers, read_key
from anlu.kernel.core.models import AuditEntry, Batch, BatchState, Job, JobState, Upload
from anlu.kernel.core.sources import overdue_datasets
from anlu.kernel.core.tasks import due
from anlu.project.folder import SERVE_LOCK, is_locked

MB: Final = 1_000_000
LITTLE_SPACE: Final = 2_000 * MB
NO_SPACE: Final = 200 * MB
SAMPLE: Final = 50
CHECKED_SQLITE: Final = 400 * MB  # a larger file takes minutes to check
BACKUP_EVERY: Final = timedelta(days=7)
STUCK_AFTER: Final = timedelta(hours=1)
LATE_AFTER: Final = timedelta(minutes=5)
OLDEST_POSTGRES: Final = 140_000
BY_CODE_POINT: Final = ("C", "POSIX", "C.UTF-8", "C.utf8")
ASSETS: Final = Path(__file__).resolve().parent.parent / "web" / "static" / "dist" / "manifest.json"


class State(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True)
class Check:
    """What one look found; ``hint`` says what to do."""

    code: str
    label: str
    state: State
    message: str
    hint: str = ""


Look = Callable[[], Iterator[Check]]


def examine() -> list[Check]:
    """Look at everything; what needs the database is left out when that does not answer or is not ours."""
    checks = [check for look in ALWAYS for check in look()]
    if any(check.state is State.BAD and check.code.startswith("database") for check in checks):
        return checks
    return checks + [check for look in WITH_DATABASE for check in look()]


# ------------------------------------------------------------------------------- folder, clock, pages, disk
def folder() -> Iterator[Check]:
    """Only the owner may look into the data folder."""
    path = Path(settings.ANLU_DATA_FOLDER)
    if not path.is_dir():
        yield Check("folder", "数据文件夹", State.BAD, f"{path} 不存在", "运行 anlu init")
    elif path.stat().st_mode & 0o077:
        mode = stat.filemode(path.stat().st_mode)
        yield Check(
            "folder", "数据文件夹", State.WARN, f"{path} 其他用户可以访问({mode})", f"chmod 700 {path}"
        )
    else:
        yield Check("folder", "数据文件夹", State.OK, str(path))


def disk() -> Iterator[Check]:
    """Room for the database, its copies and the stored files."""
    path = Path(settings.ANLU_DATA_FOLDER)
    if not path.is_dir():
        return
    free = shutil.disk_usage(path).free
    state = State.BAD if free < NO_SPACE else State.WARN if free < LITTLE_SPACE else State.OK
    hint = "" if state is State.OK else "清理磁盘; 备份需要与数据库同样大小的临时空间"
    yield Check("disk", "磁盘空间", state, f"可用 {free // MB:,} MB", hint)


def clock() -> Iterator[Check]:
    """The business date: real, or set by the variable."""
    stated = os.environ.get(VARIABLE, "").strip()
    try:
        day = today()
    except ValueError:
        yield Check("clock", "业务日期", State.BAD, f"{VARIABLE}={stated} 不是日期", "写成 2023-07-03 或删去")
        return
    if stated:
        hint = "仅用于演示; 正式使用请删去该变量"
        yield Check("clock", "业务日期", State.WARN, f"由 {VARIABLE} 定为 {day}", hint)
    else:
        yield Check("clock", "业务日期", State.OK, f"{day}(系统时钟)")


def assets() -> Iterator[Check]:
    """The built front end."""
    if ASSETS.exists():
        yield Check("assets", "页面资源", State.OK, "已生成")
    else:
        yield Check(
            "assets", "页面资源", State.BAD, "没有生成, 网页服务不能启动", "在源码目录运行 make assets"
        )


def printing() -> Iterator[Check]:
    """LibreOffice, which prints documents, and its faces."""
    label = "公文 PDF"
    if find_office() is None:
        yield Check(
            "printing", label, State.OK, "没有 LibreOffice, 公文只出 .docx", "要 PDF 请安装 LibreOffice"
        )
        return
    faces = official_faces()
    hint = "安装 fonts-noto-cjk 或单位已有授权的公文字体" if faces.lacking else ""
    state = State.WARN if faces.lacking else State.OK
    yield Check("printing", label, state, faces.note or "公文字体齐全", hint)


def hosts() -> Iterator[Check]:
    """From where the pages may be opened."""
    allowed = ", ".join(settings.ALLOWED_HOSTS) or "(无)"
    if "*" in settings.ALLOWED_HOSTS:
        hint = "在 anlu.toml 的 allowed_hosts 中写明主机名"
        yield Check("hosts", "允许访问的主机名", State.WARN, "任何主机名", hint)
    elif not settings.ALLOWED_HOSTS:
        yield Check("hosts", "允许访问的主机名", State.BAD, allowed, "在 anlu.toml 中设置 allowed_hosts")
    else:
        yield Check("hosts", "允许访问的主机名", State.OK, allowed)


# ------------------------------------------------------------------------------------------------ database
def database() -> Iterator[Check]:
    """Does it answer, is it ours, is it of this version?"""
    try:
        connection.ensure_connection()
        state = database_state()
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0]
        yield Check("database", "数据库", State.BAD, f"打不开: {reason}", "检查 DATABASE_URL 和数据库服务")
        return
    version = ".".join(map(str, connection.get_database_version()))
    yield Check("database", "数据库", State.OK, f"{connection.display_name} {version}")
    match state:
        case DatabaseState.EMPTY:
            yield Check("database.format", "数据库版本", State.BAD, "还没有建立", "运行 anlu init")
        case DatabaseState.OLDER:
            missing = ", ".join(pending_migrations()) or "格式较旧"
            yield Check("database.format", "数据库版本", State.BAD, f"待升级: {missing}", "运行 anlu init")
        case DatabaseState.NEWER:
            found = ", ".join(unknown_migrations()) or "格式较新"
            yield Check("database.format", "数据库版本", State.BAD, f"由较新的版本写过: {found}", "升级软件")
        case DatabaseState.CURRENT:
            row = installation()
            assert row is not None
            yield Check("database.format", "数据库版本", State.OK, f"格式 {row.format_number},「{row.name}」")


def database_settings() -> Iterator[Check]:
    """What the promises rest on: durable writes and a write-ahead log, or order by code point."""
    yield from _sqlite() if connection.vendor == "sqlite" else _postgres()


def _sqlite() -> Iterator[Check]:
    with connection.cursor() as cursor:
        found = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
        }
    right = found["journal_mode"] in ("wal", "memory") and found["synchronous"] == 2
    state = State.OK if right else State.BAD
    yield Check(
        "sqlite.durable",
        "写入方式",
        state,
        f"journal={found['journal_mode']}, synchronous={found['synchronous']}",
    )
    path = Path(str(connection.settings_dict["NAME"]))
    if path.is_file() and path.stat().st_size <= CHECKED_SQLITE:
        yield _sqlite_whole(path)


def _sqlite_whole(path: Path) -> Check:
    file = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        found = file.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        found = str(error)
    finally:
        file.close()
    if found == "ok":
        return Check("sqlite.whole", "数据库文件", State.OK, f"完整, {path.stat().st_size // MB:,} MB")
    return Check("sqlite.whole", "数据库文件", State.BAD, f"已损坏: {found}", "停止服务, 从备份恢复")


def _postgres() -> Iterator[Check]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version_num')::int, current_setting('server_encoding'),"
            " datcollate FROM pg_database WHERE datname = current_database()"
        )
        version, encoding, collation = cursor.fetchone()
    if version < OLDEST_POSTGRES:
        yield Check("postgres.version", "PostgreSQL", State.BAD, f"{version // 10_000} 太旧", "需要 14 以上")
    right = encoding == "UTF8" and collation in BY_CODE_POINT
    hint = "" if right else "建库时用 ENCODING 'UTF8' LC_COLLATE 'C' TEMPLATE template0, 排序才与 SQLite 一致"
    yield Check(
        "postgres.collation", "排序规则", State.OK if right else State.WARN, f"{encoding}, {collation}", hint
    )


# ------------------------------------------------------------------------------------------------ contents
def audit_chain() -> Iterator[Check]:
    """Nobody has changed what was written down."""
    findings, seal = verify_chain(), last_seal()
    if findings:
        first = "; ".join(finding.message for finding in findings[:3])
        if {finding.code for finding in findings} == {"unsealed"}:
            yield Check("audit", "审计链", State.WARN, first, "启动 anlu serve")
        else:
            message = f"{len(findings)} 处不符: {first}"
            yield Check("audit", "审计链", State.BAD, message, "留存现场, 报告审计管理员")
        return
    words = f"{AuditEntry.objects.count():,} 条, 完整"
    if seal is None:
        yield Check("audit", "审计链", State.OK, words)
    else:
        hint = f"把封印编号和摘要抄存机外(或保存 {ANCHOR_FILE}), 整链重写才能被发现"
        yield Check("audit", "审计链", State.OK, f"{words}; 封印 {seal.number} {seal.digest[:16]}…", hint)


def keys() -> Iterator[Check]:
    """Keys are there, only for us, and read what was written under them."""
    where = Path(settings.ANLU_KEYS_FOLDER)
    loose = [path.name for path in (where, *where.glob("*")) if path.exists() and path.stat().st_mode & 0o077]
    if loose:
        yield Check(
            "keys.mode",
            "密钥权限",
            State.BAD,
            f"其他用户可以读取: {', '.join(loose)}",
            f"chmod -R go= {where}",
        )
    wanted = [*(f"field-{number}" for number in sorted({*field_numbers(where), *keys_in_use()})), "index"]
    problems = [problem for name in wanted if (problem := _key_problem(where, name))]
    if not field_numbers(where):
        problems.append("没有加密密钥")
    problems += sample_of_each_key()
    if problems:
        yield Check("keys", "密钥", State.BAD, "; ".join(problems), f"把原来的密钥放回 {where}")
    else:
        used = (
            ", ".join(f"field-{number}: {count:,}" for number, count in sorted(keys_in_use().items()))
            or "尚无加密值"
        )
        yield Check("keys", "密钥", State.OK, used, f"密钥不在备份中, 请另行保管 {where}")


def _key_problem(where: Path, name: str) -> str:
    try:
        read_key(where, name)
    except (KeyProblem, PermissionError) as error:
        return f"{name}: {error}"
    return ""


def uploads() -> Iterator[Check]:
    """A sample of the stored files still has the content that it is addressed by."""
    digests = sorted(set(Upload.objects.values_list("sha256", flat=True)))
    sample = random.sample(digests, min(SAMPLE, len(digests)))
    damaged = [digest for digest in sample if not store.is_whole(digest)]
    used, quota = store.stored_bytes(), settings.ANLU_UPLOAD_QUOTA_BYTES
    words = f"{len(digests):,} 个, {used // MB:,} / {quota // MB:,} MB, 抽查 {len(sample)} 个"
    if damaged:
        yield Check(
            "uploads",
            "文件库",
            State.BAD,
            f"{words}, 损坏或缺失 {len(damaged)} 个: {damaged[0]}",
            "从备份恢复",
        )
    elif used > 0.9 * quota:
        yield Check("uploads", "文件库", State.WARN, words, "清理, 或在 anlu.toml 中提高 upload_quota_mb")
    else:
        yield Check("uploads", "文件库", State.OK, words)


def batches() -> Iterator[Check]:
    """No import hangs half-way: its rows would stay invisible."""
    going_on = (BatchState.WAITING, BatchState.READING, BatchState.PUBLISHING)
    stuck = Batch.objects.filter(state__in=going_on, created_at__lt=now() - STUCK_AFTER).count()
    if stuck:
        yield Check(
            "batches",
            "导入批次",
            State.WARN,
            f"{stuck} 个批次超过一小时未完成",
            "系统 › 导入记录 中继续或撤回",
        )
    else:
        yield Check("batches", "导入批次", State.OK, "没有停滞的批次")


def jobs() -> Iterator[Check]:
    """Background work is being done."""
    late = Job.objects.filter(due(), run_after__lt=now() - LATE_AFTER).count()
    lost = Job.objects.filter(state=JobState.RUNNING, lease_until__lt=now()).count()
    failed = Job.objects.filter(state=JobState.FAILED, finished_at__gt=now() - BACKUP_EVERY).count()
    serving = is_locked(Path(settings.ANLU_DATA_FOLDER), SERVE_LOCK)
    words = f"服务{'在' if serving else '未'}运行; 近 7 天失败 {failed}"
    if serving and (late or lost):
        yield Check(
            "jobs", "后台任务", State.BAD, f"{words}, 逾期未做 {late}, 租约过期 {lost}", "重启 anlu serve"
        )
    elif late or lost or failed:
        yield Check(
            "jobs",
            "后台任务",
            State.WARN,
            f"{words}, 待做 {late}, 中断 {lost}",
            "启动 anlu serve; 系统 › 后台任务",
        )
    else:
        yield Check("jobs", "后台任务", State.OK, words)


def last_backup() -> Iterator[Check]:
    """There is a recent backup."""
    last = AuditEntry.objects.filter(action="backup").order_by("-pk").first()
    hint = "anlu backup 文件名.tar.gz, 并存放到另一台机器"
    if last is None:
        yield Check("backup", "备份", State.WARN, "从未备份", hint)
    elif now() - last.at > BACKUP_EVERY:
        yield Check("backup", "备份", State.WARN, f"上次备份在 {(now() - last.at).days} 天前", hint)
    else:
        yield Check("backup", "备份", State.OK, f"上次备份 {last.at:%Y-%m-%d %H:%M} UTC, {last.thing_label}")


ALWAYS: Final[tuple[Look, ...]] = (folder, disk, clock, assets, printing, hosts, database)


def datasets() -> Iterator[Check]:
    """Collections whose time of keeping is over."""
    try:
        late = list(overdue_datasets(on=today())[:SAMPLE])
    except ValueError:  # the clock has a finding of its own
        return
    label = "数据集保存期限"
    if not late:
        yield Check("datasets", label, State.OK, "没有超期未销毁的数据集")
        return
    names = "、".join(f"{one.name}({one.keep_until})" for one in late[:3])
    hint = "核对后销毁, 在「系统 › 数据来源登记 › 数据集登记」中登记; 仍需要的重新报批"
    yield Check("datasets", label, State.WARN, f"超期未销毁 {len(late)} 个: {names}", hint)


WITH_DATABASE: Final[tuple[Look, ...]] = (
    database_settings,
    audit_chain,
    keys,
    uploads,
    batches,
    jobs,
    last_backup,
    datasets,
)
