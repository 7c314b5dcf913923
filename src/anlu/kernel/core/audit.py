"""
Who did what: entries in the transaction of the change, sealed into a chain a second later.

An entry carries a digest of itself and no predecessor, so writers never wait for each other. The sealer (one,
in the worker) takes committed entries in order of arrival and writes a ``Seal``: number, digest of the seal
before it, root of its entries. Whoever changes, removes or re-orders anything breaks a digest; whoever
rewrites the whole chain is found out by the anchors, which are kept in a file and, printed or sent away,
outside (``foundations`` 2.3).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, models, transaction

from anlu.kernel.core.clock import now
from anlu.kernel.core.history import kind_of, plain
from anlu.kernel.core.models import AuditEntry, Seal
from anlu.kernel.core.scope import Viewer

SEAL_ENTRIES: Final = 5_000
SEALED_WITHIN: Final = timedelta(minutes=1)
ANCHOR_EVERY: Final = timedelta(days=1)
ANCHOR_FILE: Final = "audit-anchors.log"
FIRST: Final = "0" * 64

Guard = Callable[[str, models.Model, Mapping[str, Any], Viewer], str]
_guards: list[Guard] = []


def guard(one: Guard) -> Guard:
    """
    Ask ``one`` (action, thing, changes, by) about every act before it is written down.

    Since every write is written down in its own transaction, a guard that raises undoes the write. What it gives back
    is added to the note of the entry.
    """
    _guards.append(one)
    return one


def record(
    action: str,
    thing: models.Model | None,
    *,
    by: Viewer,
    changes: Mapping[str, Any] | None = None,
    note: str = "",
    kind: str = "",
    label: str = "",
    address: str = "",
) -> AuditEntry:
    """
    Write down one act. Call it inside the transaction of the change itself.

    Parameters
    ----------
    action
        A verb: ``add``, ``change``, ``void``, ``reveal``, ``export`` ...
    thing
        What it was done to; None for acts without one thing (an export), which then state ``kind`` and
        ``label``.
    changes
        ``{field: [old, new]}`` as ``history.changed_fields`` gives it (personal fields as ciphertext).
    """
    if thing is not None:
        said = (one(action, thing, changes or {}, by) for one in _guards)
        note = "；".join(part for part in (note, *said) if part)
    entry = AuditEntry(
        actor=by.uid,
        actor_name=by.name[:60],
        action=action,
        thing_kind=kind or (kind_of(thing) if thing is not None else ""),
        thing_uid=getattr(thing, "uid", None),
        thing_label=(label or (str(thing) if thing is not None else ""))[:120],
        changes=plain(changes or {}),
        note=note[:300],
        address=address[:45],
    )
    entry.digest = entry_digest(entry)
    entry.save(force_insert=True)
    return entry


def entry_digest(entry: AuditEntry) -> str:
    """SHA-256 over everything an entry states, in a fixed form that both databases give back alike."""
    stated = [
        str(entry.uid),
        _moment(entry.at),
        str(entry.actor or ""),
        entry.actor_name,
        entry.action,
        entry.thing_kind,
        str(entry.thing_uid or ""),
        entry.thing_label,
        entry.changes,
        entry.note,
        entry.address,
    ]
    return _sha256(json.dumps(stated, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# ------------------------------------------------------------------------------------------------ sealing
def seal_pending() -> int:
    """Seal the entries that are committed and not sealed yet; give back how many.

    Safe to call from several processes: only one of them makes the next seal, the others leave it to the next
    call.
    """
    if not AuditEntry.objects.filter(seal__isnull=True).exists():
        return 0  # the usual case, found out without the write lock
    try:
        with transaction.atomic():
            seal = _seal_next()
    except IntegrityError:
        return 0
    write_anchor(seal)
    return seal.entries if seal else 0


def _seal_next() -> Seal | None:
    before = Seal.objects.select_for_update().order_by("-number").first()
    entries = list(AuditEntry.objects.filter(seal__isnull=True).order_by("pk")[:SEAL_ENTRIES])
    if not entries:
        return None
    seal = Seal(
        number=before.number + 1 if before else 1,
        previous=before.digest if before else FIRST,
        root=_root(entry.digest for entry in entries),
        entries=len(entries),
    )
    seal.digest = seal_digest(seal)
    seal.save(force_insert=True)
    for position, entry in enumerate(entries):
        entry.seal, entry.position = seal, position
    AuditEntry.objects.bulk_update(entries, ["seal", "position"], batch_size=200)
    return seal


def _root(digests: Iterator[str]) -> str:
    return _sha256("\n".join(digests))


def seal_digest(seal: Seal) -> str:
    """SHA-256 over everything a seal states."""
    stated = (seal.number, seal.previous, seal.root, seal.entries, _moment(seal.sealed_at))
    return _sha256("\n".join(map(str, stated)))


def write_anchor(seal: Seal | None) -> None:
    """Add the seal to the file of anchors, the first one and then one a day."""
    path = anchor_file()
    if seal is None or not path.parent.is_dir():
        return
    last = path.stat().st_mtime if path.exists() else 0.0
    if now().timestamp() - last >= ANCHOR_EVERY.total_seconds():
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{seal.number} {seal.digest} {_moment(seal.sealed_at)}\n")


def anchor_file() -> Path:
    """Where the anchors are."""
    return Path(settings.ANLU_DATA_FOLDER) / ANCHOR_FILE


def last_seal() -> Seal | None:
    """The newest seal: print its number and digest, and nobody can rewrite what lies before it unnoticed."""
    return Seal.objects.order_by("-number").first()


# ------------------------------------------------------------------------------------------------ verifying
@dataclass(frozen=True)
class Finding:
    """Something about the chain that should not be."""

    code: str
    message: str


def verify_chain() -> list[Finding]:
    """Read the whole chain and list what does not fit; empty when nothing was tampered with. Memory stays
    flat.
    """
    return [*_seal_findings(), *_member_findings(), *_pending_findings(), *_anchor_findings()]


def _seal_findings() -> Iterator[Finding]:
    """Seals are numbered without a gap, each knows the one before it, and each has the digest it should
    have.
    """
    number, previous = 0, FIRST
    for seal in Seal.objects.order_by("number").iterator():
        if seal.number != number + 1:
            yield Finding("seal_missing", f"封印 {number + 1} 至 {seal.number - 1} 不见了")
        elif seal.previous != previous:
            yield Finding("seal_broken", f"封印 {seal.number} 与前一封印不衔接")
        if seal.digest != seal_digest(seal):
            yield Finding("seal_changed", f"封印 {seal.number} 的内容被改动")
        number, previous = seal.number, seal.digest


def _member_findings() -> Iterator[Finding]:
    """Every seal holds exactly the entries it was made over, unchanged and in their order."""
    sealed = AuditEntry.objects.filter(seal__isnull=False).order_by("seal__number", "position", "pk")
    stream = sealed.select_related("seal").iterator(chunk_size=2000)
    for _, members in groupby(stream, key=lambda entry: entry.seal_id):
        yield from _findings_of_seal(list(members))
    for seal in Seal.objects.filter(members__isnull=True).order_by("number"):
        yield Finding("entries_missing", f"封印 {seal.number} 的 {seal.entries} 条记录全部不见了")


def _findings_of_seal(members: list[AuditEntry]) -> Iterator[Finding]:
    seal = members[0].seal
    assert seal is not None
    for entry in members:
        if entry.digest != entry_digest(entry):
            yield Finding("entry_changed", f"记录 {entry.uid}(封印 {seal.number})的内容被改动")
    if len(members) != seal.entries:
        yield Finding(
            "entries_missing", f"封印 {seal.number} 应有 {seal.entries} 条记录,现有 {len(members)} 条"
        )
    elif [entry.position for entry in members] != list(range(len(members))):
        yield Finding("entries_moved", f"封印 {seal.number} 内的次序被改动")
    elif seal.root != _root(entry.digest for entry in members):
        yield Finding("root_differs", f"封印 {seal.number} 与其中的记录不符")


def _pending_findings() -> Iterator[Finding]:
    """Entries that should have been sealed long ago, and entries changed before they were sealed."""
    for entry in AuditEntry.objects.filter(seal__isnull=True).order_by("pk").iterator():
        if entry.digest != entry_digest(entry):
            yield Finding("entry_changed", f"记录 {entry.uid}(未封)的内容被改动")
    late = AuditEntry.objects.filter(seal__isnull=True, at__lt=now() - SEALED_WITHIN).count()
    if late:
        yield Finding("unsealed", f"{late} 条记录超过一分钟未封: 后台进程没有运行?")


def _anchor_findings() -> Iterator[Finding]:
    """The chain still holds the seals that were written down outside the database."""
    path = anchor_file()
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        number, digest, *_ = [*line.split(), "", ""]
        if number.isdigit() and not Seal.objects.filter(number=int(number), digest=digest).exists():
            yield Finding("anchor_differs", f"封印 {number} 与留底({ANCHOR_FILE})不符: 链被重写或截断")
