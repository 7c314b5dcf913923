"""
Dates and times as people write them, and what they are in the world.

Each written form has a precision. A local time that the clock change skips or repeats is kept, and said
to be so.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from anlu.kernel.core.importing.frames import pl

FORMS: Final[tuple[tuple[str, str], ...]] = (
    ("%Y-%m-%d %H:%M:%S%.f", "minute"),
    ("%Y-%m-%d %H:%M", "minute"),
    ("%Y/%m/%d %H:%M:%S%.f", "minute"),
    ("%Y/%m/%d %H:%M", "minute"),
    ("%Y-%m-%dT%H:%M:%S%.f", "minute"),
    ("%Y-%m-%dT%H:%M", "minute"),
    ("%Y年%m月%d日 %H时%M分%S秒", "minute"),
    ("%Y年%m月%d日 %H时%M分", "minute"),
    ("%Y年%m月%d日 %H:%M:%S", "minute"),
    ("%Y年%m月%d日 %H:%M", "minute"),
    ("%Y年%m月%d日%H时%M分", "minute"),
    ("%Y年%m月%d日%H:%M", "minute"),
    ("%Y.%m.%d %H:%M:%S", "minute"),
    ("%Y.%m.%d %H:%M", "minute"),
    ("%Y%m%d %H:%M:%S", "minute"),
    ("%Y%m%d %H:%M", "minute"),
    ("%Y%m%d%H%M%S", "minute"),
    ("%Y-%m-%d %H时", "hour"),
    ("%Y年%m月%d日 %H时", "hour"),
    ("%Y年%m月%d日%H时", "hour"),
    ("%Y-%m-%d", "day"),
    ("%Y/%m/%d", "day"),
    ("%Y年%m月%d日", "day"),
    ("%Y.%m.%d", "day"),
    ("%Y%m%d", "day"),
)
ZONED: Final = ("%Y-%m-%dT%H:%M:%S%.f%:z", "%Y-%m-%d %H:%M:%S%.f%:z", "%Y-%m-%dT%H:%M:%S%.fZ")
FIRST_YEAR: Final = 1950
LAST_YEAR: Final = 2100


def precision_of(form: str) -> str:
    """How exactly a format of ``date_format`` tells the time."""
    if "%M" in form or "%T" in form or "%R" in form or "%c" in form:
        return "minute"
    return "hour" if "%H" in form or "%I" in form else "day"


class MomentReader:
    """Reads a column of written times; the form that was right for the last rows is tried first for the
    next.
    """

    def __init__(self, stated: tuple[str, ...] = ()) -> None:
        """``stated``: the forms of ``date_format``; then no others are tried."""
        self.forms = [(form, precision_of(form)) for form in stated] or list(FORMS)
        self.guessing = not stated

    def read(self, written: pl.Series, zone: str) -> pl.DataFrame:
        """
        ``local`` (naive, as on the clock of ``zone``) and ``precision`` for each text; both null where
        none fits.

        A written year outside 1950–2100 is taken for a slip and fits nothing.
        """
        frame = pl.DataFrame({"at": pl.int_range(len(written), eager=True), "written": written}).drop_nulls(
            "written"
        )
        found: list[pl.DataFrame] = []
        for place, (form, precision) in enumerate(list(self.forms)):
            if not frame.height:
                break
            tried = frame.with_columns(local=_parsed(frame["written"], form)).with_columns(
                precision=pl.lit(precision)
            )
            read = tried.filter(pl.col("local").dt.year().is_between(FIRST_YEAR, LAST_YEAR))
            if read.height:
                found.append(read.select("at", "local", "precision"))
                frame = frame.join(read, on="at", how="anti")
                self.forms.insert(0, self.forms.pop(place))
        if self.guessing and frame.height:
            found += _zoned(frame, zone)
        return _in_place(found, len(written))


def _parsed(written: pl.Series, form: str) -> pl.Series:
    """Local times, null where the text is not in this form."""
    precision = precision_of(form)
    if precision == "day":
        return written.str.to_date(form, strict=False).cast(pl.Datetime("us"))
    if precision == "hour":  # the parser wants minutes with its hours
        return (written + "|00").str.to_datetime(f"{form}|%M", strict=False, time_unit="us")
    return written.str.to_datetime(form, strict=False, time_unit="us")


def is_usable(form: str) -> bool:
    """Whether a form of ``date_format`` is one by which a day that was written in it comes back."""
    try:
        written = datetime(2023, 6, 5, 8, 15).strftime(form.replace("%.f", ""))
        found = _parsed(pl.Series([written]), form)[0]
    except (pl.exceptions.PolarsError, ValueError):
        return False
    return found is not None and found.date() == date(2023, 6, 5)


def _zoned(frame: pl.DataFrame, zone: str) -> list[pl.DataFrame]:
    """Times that state their offset from UTC themselves."""
    found = []
    for form in ZONED:
        aware = frame["written"].str.to_datetime(form, strict=False, time_unit="us", time_zone="UTC")
        local = aware.dt.convert_time_zone(zone).dt.replace_time_zone(None)
        read = frame.with_columns(local=local, precision=pl.lit("minute")).drop_nulls("local")
        found.append(read.select("at", "local", "precision"))
        frame = frame.join(read, on="at", how="anti")
    return found


def _in_place(found: list[pl.DataFrame], height: int) -> pl.DataFrame:
    whole = pl.DataFrame({"at": pl.int_range(height, eager=True)})
    if not found:
        empty = {"local": pl.Series([None] * height, dtype=pl.Datetime("us"))}
        return pl.DataFrame({**empty, "precision": pl.Series([None] * height, dtype=pl.String)})
    return whole.join(pl.concat(found), on="at", how="left", maintain_order="left").select(
        "local", "precision"
    )


def in_the_world(local: str, zone: str) -> list[pl.Expr]:
    """
    Expressions for a column of local times: ``utc``, ``ambiguous`` and ``nonexistent``.

    A repeated time is taken as the earlier one, a skipped one as an hour later; both are flagged.
    """
    column = pl.col(local)
    exact = column.dt.replace_time_zone(zone, ambiguous="null", non_existent="null")
    earlier = column.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    later = (column + pl.duration(hours=1)).dt.replace_time_zone(
        zone, ambiguous="earliest", non_existent="null"
    )
    return [
        pl.coalesce(exact, earlier, later).dt.convert_time_zone("UTC").alias("utc"),
        (exact.is_null() & earlier.is_not_null()).alias("ambiguous"),
        (earlier.is_null() & later.is_not_null()).alias("nonexistent"),
    ]


def serial_day(written: str) -> date | None:
    """The day that a spreadsheet number like 45000 stands for in the 1900 system, None when it is no
    such number.
    """
    try:
        number = float(written)
    except ValueError:
        return None
    if not 18_000 < number < 80_000:  # 1949 to 2119
        return None
    return date.fromordinal(datetime(1899, 12, 30).toordinal() + int(number))
