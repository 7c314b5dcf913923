"""
Changes of records that were there: applied in chunks once the batch is live, undone when it is withdrawn.

Each is applied only to a record that still has the old digest, so doing it twice does nothing, and each
is audited.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from time import monotonic
from typing import Any, Final

from django.db import transaction

from anlu.kernel.core.audit import record
from anlu.kernel.core.clock import now
from anlu.kernel.core.history import changed_fields, fields_of, kind_of
from anlu.kernel.core.importing.leases import renewed
from anlu.kernel.core.importing.nouns import Importer
from anlu.kernel.core.importing.storing import from_json, to_json
from anlu.kernel.core.models import Batch, Record, StagedChange
from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.search import index

CHUNK: Final = 200
LONGEST_S: Final = 0.4  # that a transaction should take: everybody else who writes waits for it


def apply_changes(importer: Importer, batch: Batch, *, by: Viewer) -> int:
    """Apply all changes of a batch that are not applied yet; gives how many there were."""
    done = 0
    while True:
        with transaction.atomic():
            waiting = list(batch.staged.filter(applied_at__isnull=True).order_by("pk")[:CHUNK])
            if not waiting or not renewed(batch):
                return done
            until = monotonic() + LONGEST_S
            for change in waiting:
                _apply(importer, batch, change, by)
                done += 1
                if monotonic() > until:
                    break


def _apply(importer: Importer, batch: Batch, change: StagedChange, by: Viewer) -> None:
    thing: Any = importer.model._base_manager.select_for_update(of=("self",)).filter(pk=change.row_id).first()
    if thing is not None and thing.voided_at is None and _digest(thing) == _bytes(change.old_digest):
        values = from_json(importer.model, change.values["row"])
        for name in _following(importer, thing, change.values["follows"]):
            values.pop(name, None)
        before = fields_of(thing, values)
        change.values["before"] = to_json(_as_row(thing, values)) | {"source": thing.source}
        change.values["replaced"] = _replace_children(importer, thing, change, by)
        _set(importer, thing, values | {"source": change.values["source"]}, batch)
        thing.digest = bytes(change.new_digest)
        thing.last_seen_batch = batch
        thing.save()
        changes = changed_fields(before, thing, values)
        changes |= {"digest": [_hex(change.old_digest), _hex(change.new_digest)]}
        record("import", thing, by=by, changes=changes, note=f"{batch}")
        _find_again(importer, thing)
    change.applied_at = now()
    change.save(update_fields=["applied_at", "values"])


def _following(importer: Importer, thing: Any, follows: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Columns that follow from children which this import does not bring and the record has."""
    for sheet, names in follows.items():
        children = importer.models[sheet]._base_manager
        if children.filter(**{importer.parent: thing.pk}, voided_at__isnull=True).exists():
            yield from names


def _as_row(thing: Record, names: Mapping[str, Any]) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in names}


def _set(importer: Importer, thing: Any, values: Mapping[str, Any], batch: Batch) -> None:
    for name, value in values.items():
        setattr(thing, name, value)
    thing.version += 1


def _digest(thing: Any) -> bytes | None:
    return _bytes(thing.digest)


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)


def _hex(value: Any) -> str:
    return "" if value is None else bytes(value).hex()


def _find_again(importer: Importer, thing: Any) -> None:
    index(
        kind_of(thing),
        thing.uid,
        importer.texts(thing),
        unit_id=getattr(thing, "unit_id", None),
        area_id=getattr(thing, "town_id", None),
        owner=thing.created_by,
        batch_id=thing.batch_id,
    )


# --- children


def _replace_children(
    importer: Importer, thing: Record, change: StagedChange, by: Viewer
) -> dict[str, dict[str, list[int]]]:
    """Void the children that the source no longer gives like this and add those that it gives now."""
    done: dict[str, dict[str, list[int]]] = {}
    fresh: dict[str, list[int]] = {}
    for sheet, rows in change.values["children"].items():
        model = importer.models[sheet]
        live = model._base_manager.filter(**{importer.parent: thing.pk}, voided_at__isnull=True).order_by(
            "seq", "pk"
        )
        references = change.values["references"].get(sheet, {})
        wanted = [_referring(from_json(model, row), references, fresh) for row in rows]
        if _same(list(live), wanted):
            fresh[sheet] = [child.pk for child in live]
            continue
        gone = [child.pk for child in live]
        live.update(voided_at=now(), voided_by=by.uid, voided_why=str(change.batch))
        added = [model(**{f"{importer.parent}_id": thing.pk}, created_by=by.uid, **row) for row in wanted]
        for child in added:
            child.save(force_insert=True)
        fresh[sheet] = [child.pk for child in added]
        done[sheet] = {"voided": gone, "added": fresh[sheet]}
    return done


def _referring(
    row: dict[str, Any], references: Mapping[str, str], fresh: Mapping[str, list[int]]
) -> dict[str, Any]:
    for name, sheet in references.items():
        if row.get(name) is not None:
            row[name] = fresh[sheet][row[name]]
    return row


def _same(live: Sequence[Any], wanted: Sequence[Mapping[str, Any]]) -> bool:
    """True when the children are there already as the source gives them (ciphertexts differ, indexes do
    not).
    """
    if len(live) != len(wanted):
        return False
    return all(
        all(getattr(child, name) == value for name, value in row.items() if not _is_sealed(child, name))
        for child, row in zip(live, sorted(wanted, key=lambda row: row["seq"]), strict=True)
    )


def _is_sealed(child: Record, name: str) -> bool:
    return any(field.name == f"{name}_index" for field in child._meta.concrete_fields)


# --- undoing


def undo_changes(importer: Importer, batch: Batch, *, by: Viewer) -> int:
    """Give the records that a batch changed their former values; gives how many."""
    done = 0
    while True:
        with transaction.atomic():
            applied = list(batch.staged.filter(applied_at__isnull=False).order_by("-pk")[:CHUNK])
            if not applied:
                return done
            until = monotonic() + LONGEST_S
            for change in applied:
                _undo(importer, batch, change, by)
                done += 1
                if monotonic() > until:
                    break


def _undo(importer: Importer, batch: Batch, change: StagedChange, by: Viewer) -> None:
    thing: Any = importer.model._base_manager.select_for_update(of=("self",)).filter(pk=change.row_id).first()
    if thing is not None and "before" in change.values and _digest(thing) == _bytes(change.new_digest):
        for sheet, moved in change.values["replaced"].items():
            rows = importer.models[sheet]._base_manager
            rows.filter(pk__in=moved["added"]).delete()
            rows.filter(pk__in=moved["voided"]).update(voided_at=None, voided_by=None, voided_why="")
        values = from_json(importer.model, change.values["before"])
        before = fields_of(thing, values)
        _set(importer, thing, values, batch)
        thing.digest = change.old_digest
        thing.save()
        record("withdraw", thing, by=by, changes=changed_fields(before, thing, values), note=f"{batch}")
        _find_again(importer, thing)
    change.applied_at = None
    change.values.pop("before", None)
    change.save(update_fields=["applied_at", "values"])
