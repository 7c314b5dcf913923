"""
Writes that are the same for every kind of record: add, change, void, restore.

Each is one transaction with its audit entry, refuses what lies outside the person's scope (before *and* after the
change) and never overwrites what somebody else saved meanwhile. Apps whose records need more wrap these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Model, Q

from anlu.kernel.core.audit import record
from anlu.kernel.core.clock import now
from anlu.kernel.core.errors import AnluError, ChangedMeanwhile, NeedsReason, NotAllowed, NotFound
from anlu.kernel.core.history import changed_fields, fields_of
from anlu.kernel.core.models import Record
from anlu.kernel.core.ownership import require_ours
from anlu.kernel.core.scope import Viewer

R = TypeVar("R", bound=Record)
Prepare = Callable[[Any], None]


class Doubled(AnluError):
    """Another live record already has this number or code."""


def record_for(model: type[R], uid: UUID, *, by: Viewer, permission: str) -> R:
    """
    The live record with this uid, locked for the transaction.

    Raises
    ------
    NotFound
        absent, voided, or outside the scope in which ``by`` holds the permission.
    """
    found: R | None = (
        model.objects.visible_to(by, permission).select_for_update(of=("self",)).filter(uid=uid).first()
    )
    if found is None:
        raise NotFound(f"没有这条{model._meta.verbose_name}，或不在您的管辖范围内")
    return found


def require_inside(thing: Record, *, by: Viewer, permission: str) -> None:
    """Refuse a record that now lies outside the scope of ``by``; inside a transaction this undoes the write."""
    scope = type(thing).scope_of(by, permission)
    if type(thing).scope_condition(scope) == Q():
        return  # nothing lies outside, and others wait while this is asked
    if not type(thing).objects.in_scope(scope).filter(pk=thing.pk).exists():
        raise NotAllowed("保存后这条记录不在您的管辖范围内，没有保存；请核对单位和辖区")


@transaction.atomic
def add_record(thing: R, *, by: Viewer, permission: str) -> R:
    """Save a new record and write down who added it.

    Raises
    ------
    Doubled
        the database refuses it as a second one of the same number.
    NotAllowed
        it lies outside the scope in which ``by`` may add.
    """
    thing.created_by = by.uid
    _save(thing)
    require_inside(thing, by=by, permission=permission)
    record("add", thing, by=by)
    return thing


@transaction.atomic
def change_record(
    model: type[R],
    uid: UUID,
    values: Mapping[str, Any],
    *,
    version: int,
    by: Viewer,
    permission: str,
    prepare: Prepare | None = None,
    tracked: Iterable[str] = (),
) -> R:
    """
    Set ``values`` on a record that was opened at ``version``.

    Parameters
    ----------
    prepare
        Works out what follows from the new values before the record is saved.
    tracked
        Further fields whose change is recorded, because ``prepare`` may set them.

    Raises
    ------
    ChangedMeanwhile
        somebody saved since the form was opened.
    NotOurs
        a value is different in a field that another system owns.
    NotFound, NotAllowed, Doubled
        as above.
    """
    thing = record_for(model, uid, by=by, permission=permission)
    if thing.version != version:
        raise ChangedMeanwhile(f"「{thing}」刚被他人修改，请核对后再保存")
    require_ours(thing, (name for name, value in values.items() if getattr(thing, name) != value))
    names = list(dict.fromkeys([*values, *tracked]))
    before = fields_of(thing, names)
    for name, value in values.items():
        setattr(thing, name, value)
    if prepare is not None:
        prepare(thing)
    changes = changed_fields(before, thing, names)
    if not changes:
        return thing
    thing.version += 1
    _save(thing)
    require_inside(thing, by=by, permission=permission)
    record("change", thing, by=by, changes=changes)
    return thing


@transaction.atomic
def void_record(model: type[R], uid: UUID, *, why: str, by: Viewer, permission: str) -> R:
    """Take a record out of lists and figures, with a reason; it stays and can be restored.

    Raises
    ------
    NeedsReason
        ``why`` is empty.
    NotFound
        as above.
    """
    if not why.strip():
        raise NeedsReason("作废须说明原因")
    thing = record_for(model, uid, by=by, permission=permission)
    strike_out(thing, why=why, by=by)
    record("void", thing, by=by, note=why.strip())
    return thing


def strike_out(thing: Record, *, why: str, by: Viewer) -> None:
    """Mark a record that the caller guarded and locked as voided, and save it; the caller records what it was."""
    thing.voided_at, thing.voided_by, thing.voided_why = now(), by.uid, why.strip()[:200]
    thing.version += 1
    _save(thing)


@transaction.atomic
def restore_record(model: type[R], uid: UUID, *, by: Viewer, permission: str) -> R:
    """Bring a voided record back.

    Raises
    ------
    Doubled
        meanwhile another record has its number.
    NotFound
        not voided, absent, or outside the person's scope.
    """
    inside = model.objects.published().about(permission).in_scope(model.scope_of(by, permission))
    voided = inside.filter(voided_at__isnull=False)
    thing: R | None = voided.select_for_update(of=("self",)).filter(uid=uid).first()
    if thing is None:
        raise NotFound(f"没有这条作废的{model._meta.verbose_name}，或不在您的管辖范围内")
    why = thing.voided_why
    thing.voided_at, thing.voided_by, thing.voided_why = None, None, ""
    thing.version += 1
    _save(thing)
    record("restore", thing, by=by, note=why)
    return thing


def _save(thing: Model) -> None:
    try:
        with transaction.atomic():
            thing.save()
    except IntegrityError as error:
        if "unique" in str(error).lower():
            raise Doubled(f"已有同号的{thing._meta.verbose_name}「{thing}」") from error
        raise


class RecordServices(Generic[R]):
    """
    The four services of a ledger whose records need nothing beyond the above.

    Parameters
    ----------
    code
        The ledger's: permissions are ``<code>.add``, ``<code>.change`` and ``<code>.void``.
    prepare
        Works out what follows from the values, or refuses them, before the record is saved.
    tracked
        Further fields whose change is recorded, because ``prepare`` may set them.
    """

    def __init__(
        self,
        model: type[R],
        code: str,
        *,
        prepare: Prepare = lambda thing: None,
        tracked: Iterable[str] = (),
    ) -> None:
        self.model, self.code, self.prepare, self.tracked = model, code, prepare, tuple(tracked)

    def add(self, values: Mapping[str, Any], *, by: Viewer) -> R:
        """A new record; without a stated unit it belongs to that of the person."""
        thing = self.model(**values)
        if self.model.scope_unit == "unit" and getattr(thing, "unit_id", 0) is None:
            thing.unit_id = getattr(by, "unit_id", None)  # type: ignore[attr-defined]
        self.prepare(thing)
        return add_record(thing, by=by, permission=f"{self.code}.add")

    def change(self, uid: UUID, values: Mapping[str, Any], *, version: int, by: Viewer) -> R:
        """Set values on the record that was opened at ``version``."""
        return change_record(
            self.model,
            uid,
            values,
            version=version,
            by=by,
            permission=f"{self.code}.change",
            prepare=self.prepare,
            tracked=self.tracked,
        )

    def void(self, uid: UUID, *, why: str, by: Viewer) -> R:
        """Take the record out of lists and figures."""
        return void_record(self.model, uid, why=why, by=by, permission=f"{self.code}.void")

    def restore(self, uid: UUID, *, by: Viewer) -> R:
        """Bring it back."""
        return restore_record(self.model, uid, by=by, permission=f"{self.code}.void")
