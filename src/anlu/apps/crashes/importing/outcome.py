"""What a crash came to: persons by outcome from the parties where they are known, as stated where not."""

from __future__ import annotations

from datetime import timedelta

from anlu.engine.crashes.deaths import WITHIN_7_DAYS, WITHIN_30_DAYS
from anlu.kernel.core.importing.children import PARENT
from anlu.kernel.core.importing.frames import pl

WEEK, MONTH = timedelta(days=WITHIN_7_DAYS.days), timedelta(days=WITHIN_30_DAYS.days)
COUNTED = ("killed", "killed_30d", "seriously_injured", "slightly_injured")


def with_deaths(parties: pl.DataFrame, occurred_at: pl.Series) -> pl.DataFrame:
    """
    Parties with ``counted_7d`` and ``counted_30d``; the rule of ``engine.crashes.deaths`` (by hours), by
    column.

    Parameters
    ----------
    occurred_at
        Of all crashes of the chunk, UTC; parties point into it by ``PARENT``.
    """
    when = occurred_at[parties[PARENT].to_list()] if parties.height else occurred_at[:0]
    parties = parties.with_columns(when.alias("__when__"))
    if "died_at" not in parties.columns:
        stated = pl.col("injury") == "killed"
        return parties.with_columns(counted_7d=stated, counted_30d=stated).drop("__when__")
    after = pl.col("died_at") - pl.col("__when__")
    return parties.with_columns(
        counted_7d=pl.when(after.is_null()).then(pl.col("injury") == "killed").otherwise(after <= WEEK),
        counted_30d=pl.when(after.is_null()).then(pl.col("injury") == "killed").otherwise(after <= MONTH),
        died_first=(after < timedelta(0)).fill_null(False),
    ).drop("__when__")


def casualties_of(parties: pl.DataFrame, count: int) -> pl.DataFrame:
    """For each of ``count`` crashes the persons by outcome (0 for none) and ``people``, the number of
    its parties.
    """
    died = pl.col("died_at").is_not_null() if "died_at" in parties.columns else pl.lit(False)
    late = ~pl.col("counted_7d") & ((pl.col("injury") == "killed") | died)
    alive = ~pl.col("counted_7d") & ~late
    found = parties.group_by(PARENT).agg(
        pl.col("counted_7d").sum().alias("killed"),
        pl.col("counted_30d").sum().alias("killed_30d"),
        (late | (alive & (pl.col("injury") == "serious"))).sum().alias("seriously_injured"),
        (alive & pl.col("injury").is_in(["slight", "minor"])).sum().alias("slightly_injured"),
        pl.len().alias("people"),
        (pl.col("role") == "pedestrian").any().alias("pedestrian"),
        (pl.col("role") != "").any().alias("roles_known"),
        _any(parties, "died_first").alias("died_first"),
    )
    whole = pl.DataFrame({PARENT: pl.int_range(count, dtype=pl.UInt32, eager=True)})
    joined = whole.join(found, on=PARENT, how="left", maintain_order="left").drop(PARENT)
    return joined.with_columns(
        pl.col(pl.Boolean).fill_null(False), pl.selectors.integer().fill_null(0).cast(pl.Int64)
    )


def _any(frame: pl.DataFrame, name: str) -> pl.Expr:
    return pl.col(name).any() if name in frame.columns else pl.lit(False).first()


def severity_of(killed: pl.Expr, serious: pl.Expr, injured: pl.Expr) -> pl.Expr:
    """The worst outcome as a code; the rule of ``engine.crashes.severity``, by column."""
    return (
        pl.when(killed > 0)
        .then(pl.lit("fatal"))
        .when(serious > 0)
        .then(pl.lit("serious"))
        .when(injured > 0)
        .then(pl.lit("slight"))
        .otherwise(pl.lit("damage"))
    )
