"""Parsed rows of crashes, vehicles and casualties → records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from anlu.apps.crashes.importing.doubts import field_doubts, listed, severity_doubt, time_doubts
from anlu.apps.crashes.importing.fields import CASUALTIES, PARTY_FIELDS, VEHICLE_FIELDS, VEHICLES
from anlu.apps.crashes.importing.hints import PositionHints
from anlu.apps.crashes.importing.outcome import COUNTED, casualties_of, severity_of, with_deaths
from anlu.apps.crashes.importing.places import Gazetteer, bring_areas, looked_up
from anlu.apps.crashes.models import Crash
from anlu.kernel.core.clock import now
from anlu.kernel.core.importing.children import PARENT
from anlu.kernel.core.importing.fields import MAIN, ImportField, Kind
from anlu.kernel.core.importing.frames import pl
from anlu.kernel.core.importing.nouns import Composed, Context
from anlu.kernel.core.importing.parsing import FACTS, MARKS
from anlu.kernel.core.importing.positions import System, cells_of
from anlu.kernel.places.locating import FROM_STAKE, NOTHING, Flags, Floats, Keys, Locator, Whereabouts
from anlu.kernel.places.models import LocationState

COLUMNS: Final = frozenset(field.attname for field in Crash._meta.concrete_fields)
STAKE: Final = r"^[A-Z]*K?([0-9]+)\+([0-9]+(?:\.[0-9]+)?)$"  # K12+345
STATED: Final = ("killed", "seriously_injured", "slightly_injured", "injured", "casualties", "vehicles_count")


class CrashComposer:
    """Makes records of parsed rows; places and units are looked up once for the whole import."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.read = context.read[MAIN]
        self.system = System(context.profile.options.crs)
        self.gazetteer = Gazetteer(context.profile.areas if context.batch is None else ())
        self.hints = PositionHints(self.system)
        self.now = now()
        self.own_unit: int | None = getattr(context.by, "unit_id", None)

    def prepare(self) -> None:
        """Add the areas that the profile brings."""
        assert self.context.batch is not None
        bring_areas(self.context.profile.areas, batch=self.context.batch, by=self.context.by)

    def compose(self, main: pl.DataFrame, children: Mapping[str, pl.DataFrame]) -> Composed:
        """Records of a chunk."""
        main = _filled(main)
        main = main.with_columns([*local_parts(), chainage(main)])
        main = self._placed(main)
        vehicles, parties = self._vehicles(children), self._parties(children, main)
        main = self._with_outcome(main, vehicles, parties)
        main = self._marked(main, children, vehicles, parties)
        texts = _texts(main, vehicles)
        made: dict[str, pl.DataFrame] = {}
        references: dict[str, dict[str, str]] = {}
        if vehicles is not None:
            made[VEHICLES] = vehicles
        if parties is not None:
            parties = _with_vehicle(parties, vehicles)
            made[CASUALTIES] = parties.drop("died_first", "vehicle_seq", strict=False)
            references = {CASUALTIES: {"vehicle_id": VEHICLES}} if vehicles is not None else {}
        kept = [name for name in main.columns if name in COLUMNS]
        return Composed(main.select(kept), made, references, texts)

    def notes(self) -> list[str]:
        """What is odd about the positions of the whole file."""
        return self.hints.notes()

    # --- where

    def _placed(self, main: pl.DataFrame) -> pl.DataFrame:
        """Position, town, road and chainage: as stated, and what is missing as the locator finds it."""
        x, y = _numbers(main, "lon"), _numbers(main, "lat")
        lon, lat, wrong = self.system.to_wgs84(x, y)
        self.hints.look(x, y, wrong)
        stated_town, road_name = _text(main, "town"), _text(main, "road")
        named = looked_up(stated_town, self.gazetteer.areas)
        road = looked_up(road_name, self.gazetteer.roads)
        road, chainage_m = self._in_words(main, np.isnan(lon), road)
        found = Locator.current().fill(Whereabouts(lon, lat, _keys(named), _keys(road), chainage_m))
        town = pl.select(pl.coalesce(named, _known(found.town))).to_series()
        known = np.isfinite(found.lon)
        cells = np.zeros((2, main.height), dtype=np.int64)
        cells[:, known] = cells_of(found.lon[known], found.lat[known])
        return main.drop("town", "road", strict=False).with_columns(
            pl.Series("lon", found.lon).fill_nan(None),
            pl.Series("lat", found.lat).fill_nan(None),
            pl.Series("chainage_m", found.chainage_m).fill_nan(None),
            *(
                pl.select(pl.when(pl.Series(known)).then(pl.Series(cells[axis]))).to_series().alias(name)
                for axis, name in enumerate(("cell_x", "cell_y"))
            ),
            pl.Series(
                "coordinate_system",
                np.where(found.from_stake, FROM_STAKE, np.where(known, self.system.code, "")),
            ),
            pl.Series("location_state", found.state),
            pl.Series("located", known),
            pl.Series("position_impossible", wrong),
            pl.Series("outside", found.state == LocationState.OUTSIDE),
            road_name.alias("road_name"),
            ((road_name != "") & road.is_null() & bool(self.gazetteer.roads)).alias("road_unknown"),
            (town.is_null() & ((stated_town != "") | bool(self.gazetteer.areas))).alias("town_unknown"),
            town.alias("town_id"),
            _known(found.road).alias("road_id"),
            self._units(main, town).alias("unit_id"),
        )

    def _in_words(self, main: pl.DataFrame, lost: Flags, road: pl.Series) -> tuple[pl.Series, Floats]:
        """Road and chainage; of crashes with neither a position nor a road as the words of the place say."""
        chainage_m = _numbers(main, "chainage_m")
        words = _text(main, "place_text")
        rows = np.flatnonzero(lost & road.is_null().to_numpy() & (words != "").to_numpy())
        if not len(rows):
            return road, chainage_m
        said = self.gazetteer.in_words(words[rows].to_list())
        keys = _keys(road)
        for row in rows:
            if (found := said.get(words[int(row)])) is not None:
                keys[row] = found[0]
                if found[1] is not None and np.isnan(chainage_m[row]):
                    chainage_m[row] = found[1]
        return _known(keys), chainage_m

    def _units(self, main: pl.DataFrame, town: pl.Series) -> pl.Series:
        """The stated unit, else the one that answered for the town on that day, else the importing
        person's.
        """
        stated = looked_up(_text(main, "unit"), self.gazetteer.units).to_list()
        days = main["occurred_on"].to_list()
        found = [
            unit or self.gazetteer.responsible(area, day) or self.own_unit
            for unit, area, day in zip(stated, town.to_list(), days, strict=True)
        ]
        return pl.Series(found, dtype=pl.Int64)

    # --- children

    def _vehicles(self, children: Mapping[str, pl.DataFrame]) -> pl.DataFrame | None:
        if VEHICLES not in children:
            return None
        return _numbered(_child(children[VEHICLES], VEHICLE_FIELDS))

    def _parties(self, children: Mapping[str, pl.DataFrame], main: pl.DataFrame) -> pl.DataFrame | None:
        if CASUALTIES not in children:
            return None
        parties = _numbered(_child(children[CASUALTIES], PARTY_FIELDS))
        for name in ("injury", "role"):
            if name not in parties.columns:
                parties = parties.with_columns(pl.lit("").alias(name))
        return with_deaths(parties, main["occurred_at"])

    # --- what it came to

    def _with_outcome(
        self, main: pl.DataFrame, vehicles: pl.DataFrame | None, parties: pl.DataFrame | None
    ) -> pl.DataFrame:
        """Counts from the parties of a crash where it has any, as stated where it has none."""
        main = main.rename({name: f"stated_{name}" for name in STATED if name in main.columns})
        missing = [
            pl.lit(None, pl.Int64).alias(f"stated_{name}")
            for name in STATED
            if f"stated_{name}" not in main.columns
        ]
        main = main.with_columns(missing).with_columns(_as_stated())
        if parties is not None:
            counted = casualties_of(parties, main.height)
            main = main.hstack(counted.rename({name: f"counted_{name}" for name in COUNTED}))
            main = main.with_columns(
                [
                    pl.when(pl.col("people") > 0)
                    .then(pl.col(f"counted_{name}"))
                    .otherwise(pl.col(name))
                    .alias(name)
                    for name in COUNTED
                ]
            ).with_columns(
                injured=pl.when(pl.col("people") > 0)
                .then(pl.col("seriously_injured") + pl.col("slightly_injured"))
                .otherwise(pl.col("injured")),
                parties_count=pl.col("people"),
            )
        listed_vehicles = _per_parent(vehicles, main.height)
        main = main.with_columns(
            listed_vehicles.alias("listed_vehicles"),
            pl.when(listed_vehicles > 0)
            .then(listed_vehicles)
            .otherwise(pl.col("stated_vehicles_count").fill_null(0))
            .alias("vehicles_count"),
        )
        stated = pl.col("severity") if "severity" in main.columns else pl.lit("")
        counted_severity = severity_of(pl.col("killed"), pl.col("seriously_injured"), pl.col("injured"))
        return main.with_columns(stated.alias("stated_severity")).with_columns(
            severity=pl.when(pl.col("stated_severity") != "")
            .then(pl.col("stated_severity"))
            .otherwise(counted_severity)
        )

    # --- what is doubtful

    def _marked(
        self,
        main: pl.DataFrame,
        children: Mapping[str, pl.DataFrame],
        vehicles: pl.DataFrame | None,
        parties: pl.DataFrame | None,
    ) -> pl.DataFrame:
        doubts = [
            *field_doubts(self.read),
            *time_doubts(self.read, self.now),
            *_place_doubts(),
            *_count_doubts(self.read, vehicles is not None, parties is not None),
        ]
        main = main.with_columns(_childrens_marks(children, main.height).alias("__childrens__"))
        marks = listed(main, doubts, MARKS, "__childrens__")
        return main.with_columns(marks, (marks.list.len() > 0).alias("marked"), pl.col(FACTS).alias("facts"))


def local_parts() -> list[pl.Expr]:
    """The frozen local parts of ``occurred_at``, by column; as ``engine.crashes.local_parts``."""
    local = pl.col("occurred_at_local")
    timed = pl.col("occurred_at_precision").is_in(["minute", "hour"])
    return [
        local.dt.date().alias("occurred_on"),
        pl.when(timed).then(local.dt.hour()).alias("occurred_hour"),
        local.dt.weekday().alias("occurred_weekday"),
        local.dt.strftime("%Y-%m").alias("occurred_month"),
        pl.col("occurred_at_precision").alias("time_precision"),
    ]


def chainage(main: pl.DataFrame) -> pl.Expr:
    """Metres along the road: from the stake as written (K12+345), else from kilometres and metres."""
    nothing = pl.lit(None, pl.Float64)
    metres = pl.col("chainage_m") if "chainage_m" in main.columns else nothing
    written = nothing
    if "stake" in main.columns:
        parts = pl.col("stake").str.to_uppercase().str.extract_groups(STAKE)
        fields = [parts.struct.field(name).cast(pl.Float64, strict=False) for name in ("1", "2")]
        written = fields[0] * 1000 + fields[1]
    if "chainage_km" in main.columns:
        metres = pl.coalesce(pl.col("chainage_km") * 1000 + metres.fill_null(0), metres)
    return pl.coalesce(written, metres, nothing).alias("chainage_m")


def _filled(frame: pl.DataFrame) -> pl.DataFrame:
    """Texts are empty where nothing is stated, never null."""
    return frame.with_columns(pl.col(pl.String).fill_null(""))


def _text(frame: pl.DataFrame, name: str) -> pl.Series:
    return frame[name] if name in frame.columns else pl.repeat("", frame.height, dtype=pl.String, eager=True)


def _numbers(frame: pl.DataFrame, name: str) -> Floats:
    """A column of numbers, NaN where nothing is stated."""
    if name not in frame.columns:
        return np.full(frame.height, np.nan)
    return frame[name].cast(pl.Float64).fill_null(np.nan).to_numpy(writable=True)


def _keys(series: pl.Series) -> Keys:
    return series.cast(pl.Int64).fill_null(NOTHING).to_numpy(writable=True)


def _known(keys: Keys) -> pl.Series:
    """Keys as a column, null for none."""
    return pl.select(pl.when(pl.Series(keys) != NOTHING).then(pl.Series(keys))).to_series()


def _child(frame: pl.DataFrame, fields: tuple[ImportField, ...]) -> pl.DataFrame:
    """The columns of a table of children, without what only the reading needed."""
    names = [one.name for one in fields if one.name in frame.columns and one.name != "number"]
    names += [
        f"{one.name}_index" for one in fields if one.kind is Kind.PERSONAL and one.name in frame.columns
    ]
    return _filled(frame.select(PARENT, *names, pl.col(FACTS).alias("facts")))


def _numbered(frame: pl.DataFrame) -> pl.DataFrame:
    """``seq`` as stated where it is unique within the crash, in file order otherwise."""
    order = pl.int_range(1, pl.len() + 1).over(PARENT)
    if "seq" not in frame.columns:
        return frame.with_columns(order.alias("seq"))
    usable = (pl.col("seq").is_not_null() & pl.col("seq").is_first_distinct().over(PARENT)).all().over(PARENT)
    return frame.with_columns(pl.when(usable).then(pl.col("seq")).otherwise(order).alias("seq"))


def _with_vehicle(parties: pl.DataFrame, vehicles: pl.DataFrame | None) -> pl.DataFrame:
    """``vehicle_id``: for now the place of the vehicle among the vehicles of the chunk."""
    if vehicles is None or "vehicle_seq" not in parties.columns:
        return parties
    places = vehicles.select(
        PARENT, pl.col("seq").alias("vehicle_seq"), pl.int_range(pl.len()).alias("vehicle_id")
    )
    return parties.join(places, on=[PARENT, "vehicle_seq"], how="left", maintain_order="left")


def _per_parent(frame: pl.DataFrame | None, count: int) -> pl.Series:
    if frame is None:
        return pl.repeat(0, count, dtype=pl.Int64, eager=True)
    return pl.Series(np.bincount(frame[PARENT].to_numpy(), minlength=count).astype(np.int64))


def _as_stated() -> list[pl.Expr]:
    """Persons by outcome where no parties are listed."""
    killed = pl.col("stated_killed").fill_null(0)
    serious = pl.col("stated_seriously_injured").fill_null(0)
    slight = pl.col("stated_slightly_injured").fill_null(0)
    beyond = (pl.col("stated_casualties") - killed).clip(0)
    by_degree = pl.coalesce(pl.col("stated_seriously_injured"), pl.col("stated_slightly_injured"))
    injured = pl.coalesce(
        pl.col("stated_injured"), pl.when(by_degree.is_not_null()).then(serious + slight), beyond, pl.lit(0)
    )
    return [
        killed.alias("killed"),
        killed.alias("killed_30d"),
        serious.alias("seriously_injured"),
        slight.alias("slightly_injured"),
        injured.alias("injured"),
    ]


def _place_doubts() -> list[tuple[str, pl.Expr]]:
    return [
        ("no_position", ~pl.col("located") & ~pl.col("position_impossible")),
        ("position_impossible", pl.col("position_impossible")),
        ("outside", pl.col("outside")),
        ("road_unknown", pl.col("road_unknown")),
        ("town_unknown", pl.col("town_unknown")),
    ]


def _count_doubts(read: frozenset[str], vehicles: bool, parties: bool) -> list[tuple[str, pl.Expr]]:
    doubts: list[tuple[str, pl.Expr]] = []
    counted = {"killed", "injured", "casualties"} & read or parties
    if "severity" in read and counted:
        doubts.append(("severity_disagrees", severity_doubt("stated_severity")))
    if parties:
        doubts += [("counts_disagree", _unequal(name, pl.col(name))) for name in ("killed", "injured")]
        doubts.append(("counts_disagree", _unequal("casualties", pl.col("killed") + pl.col("injured"))))
        no_walker = pl.col("form").str.starts_with("2") & pl.col("roles_known") & ~pl.col("pedestrian")
        doubts += [("form_disagrees", no_walker)] if "form" in read else []
        doubts.append(("death_before_crash", pl.col("died_first")))
    if vehicles:
        doubts.append(("counts_disagree", _unequal("vehicles_count", pl.col("listed_vehicles"))))
        alone = pl.col("form").str.starts_with("1") & (pl.col("listed_vehicles") < 2)
        doubts += [("form_disagrees", alone)] if "form" in read else []
    return doubts


def _unequal(name: str, counted: pl.Expr) -> pl.Expr:
    return (pl.col(f"stated_{name}") != counted).fill_null(False)


def _childrens_marks(children: Mapping[str, pl.DataFrame], count: int) -> pl.Series:
    """For each crash the marks of its children."""
    frames = [frame.select(PARENT, MARKS).filter(pl.col(MARKS).list.len() > 0) for frame in children.values()]
    found: list[list[str]] = [[] for _ in range(count)]
    for frame in frames:
        for parent, marks in frame.iter_rows():
            found[parent].extend(marks)
    return pl.Series(found, dtype=pl.List(pl.String))


def _texts(main: pl.DataFrame, vehicles: pl.DataFrame | None) -> list[list[str]]:
    """What a crash is found by: its numbers, its road, the plates of its vehicles."""
    columns = [main["number"], _text(main, "case_number"), main["road_name"]]
    found = [list(row) for row in zip(*(column.to_list() for column in columns), strict=True)]
    if vehicles is not None and "plate" in vehicles.columns:
        for parent, plate in vehicles.filter(pl.col("plate") != "").select(PARENT, "plate").iter_rows():
            found[parent].append(plate)
    return found
