"""What is doubtful about imported crashes: the rules of ``engine.crashes.quality``, by column."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from anlu.engine.crashes.quality import FIELD_RULES, FILING_LIMIT, FieldRule
from anlu.kernel.core.importing.frames import pl


def field_doubts(read: frozenset[str]) -> Iterable[tuple[str, pl.Expr]]:
    """Marks from the rules between coded fields, as far as the file states the fields of a rule."""
    for rule in FIELD_RULES:
        if {rule.field, rule.when or rule.field} <= read:
            yield rule.code, _broken(rule)


def _broken(rule: FieldRule) -> pl.Expr:
    absent = (pl.col(rule.field) == "") if rule.required else (pl.col(rule.field) != "")
    if not rule.when:
        return absent
    applies = pl.col(rule.when).is_in(list(rule.values))
    return absent & (~applies if rule.unless else applies)


def time_doubts(read: frozenset[str], now: datetime) -> Iterable[tuple[str, pl.Expr]]:
    """Crashes after the moment of recording, and files opened late."""
    yield "time_in_future", pl.col("occurred_at") > now
    if "filed_at" in read:
        yield "late_filing", (pl.col("filed_at") - pl.col("occurred_at") > FILING_LIMIT).fill_null(False)


def severity_doubt(stated: str) -> pl.Expr:
    """The stated severity against the persons counted; slight and serious are not told apart by numbers
    alone.
    """
    counted = (
        pl.when(pl.col("killed") > 0)
        .then(pl.lit("fatal"))
        .when(pl.col("injured") > 0)
        .then(pl.lit("slight"))
        .otherwise(pl.lit("damage"))
    )
    hurt = ["slight", "serious"]
    same = (pl.col(stated) == counted) | (pl.col(stated).is_in(hurt) & counted.is_in(hurt))
    return (pl.col(stated) != "") & ~same


def listed(frame: pl.DataFrame, doubts: Iterable[tuple[str, pl.Expr]], *more: str) -> pl.Series:
    """For each row the sorted codes of what is doubtful, with those in the list columns ``more``."""
    codes = [pl.when(flag.fill_null(False)).then(pl.lit(code)) for code, flag in doubts]
    return frame.select(
        pl.concat_list([pl.concat_list(codes), *more])
        .list.drop_nulls()
        .list.unique()
        .list.sort()
        .alias("marks")
    ).to_series()
