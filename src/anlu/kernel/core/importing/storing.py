"""Typed columns to the form that the database keeps, a column at a time, so that no row is converted by
hand.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models
from uuid_utils.compat import uuid7

from anlu.kernel.core import crypto
from anlu.kernel.core.bulk import Ready, ready_rows
from anlu.kernel.core.fields import EncryptedText
from anlu.kernel.core.importing.frames import pl
from anlu.kernel.core.models import Record

_HEX: Final = "hex:"


def stored(frame: pl.DataFrame) -> pl.DataFrame:
    """Times and days as text, lists as JSON, everything else as it is."""
    on_postgres = connections[DEFAULT_DB_ALIAS].vendor == "postgresql"
    moment = "%Y-%m-%d %H:%M:%S+00" if on_postgres else "%Y-%m-%d %H:%M:%S"
    done = []
    for name, kind in frame.schema.items():
        match kind:
            case pl.Datetime():
                done.append(pl.col(name).dt.strftime(moment))
            case pl.Date():
                done.append(pl.col(name).dt.strftime("%Y-%m-%d"))
            case pl.List():
                quoted = pl.lit('["') + pl.col(name).list.join('", "') + pl.lit('"]')
                done.append(
                    pl.when(pl.col(name).list.len() > 0).then(quoted).otherwise(pl.lit("[]")).alias(name)
                )
    return frame.with_columns(done)


def ready_frame(model: type[Record], frame: pl.DataFrame, more: Mapping[str, Sequence[Any]]) -> Ready:
    """
    The rows of a frame, ready to be written.

    Parameters
    ----------
    more
        Further columns, one value for each row, in the form of the database.
    """
    ready = stored(frame)
    rows = zip(*(ready[name].to_list() for name in ready.columns), *more.values(), strict=True)
    columns = [*ready.columns, *more]
    return ready_rows(model, columns, rows, stored=columns)


def identities(count: int) -> list[UUID]:
    """Public identities for new rows."""
    return [uuid7() for _ in range(count)]


# --- records in JSON, for changes that wait


def to_json(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a frame as JSON keeps it."""
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return _HEX + value.hex()
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def from_json(model: type[Record], row: Mapping[str, Any]) -> dict[str, Any]:
    """Such a row as values of the fields of ``model``."""
    by_column = {field.attname: field for field in model._meta.concrete_fields}
    return {name: _value(by_column[name], value) for name, value in row.items()}


def _value(field: models.Field[Any, Any], value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_HEX):
        sealed = bytes.fromhex(value.removeprefix(_HEX))
        return crypto.decrypt(sealed) if isinstance(field, EncryptedText) else sealed
    if isinstance(field, models.JSONField):
        return json.loads(value) if isinstance(value, str) else value
    if value is None or isinstance(field, models.ForeignKey):
        return value
    if isinstance(field, models.DecimalField) and isinstance(value, float):
        return field.to_python(f"{value:.{field.decimal_places}f}")
    return field.to_python(value)
