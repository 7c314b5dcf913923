"""A few hundred made-up crashes in a small county, the same for the same seed; nothing in them is of the real world."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from anlu.apps.crashes.imports import REVISION
from anlu.apps.crashes.models import Crash, CrashParty, CrashVehicle, Procedure, Severity
from anlu.engine.crashes.local_parts import local_parts
from anlu.engine.periods import Period
from anlu.kernel.core.dictionaries import terms
from anlu.kernel.core.models import Batch
from anlu.kernel.core.models.batches import BatchState
from anlu.kernel.core.permissions import permissions
from anlu.kernel.core.revisions import touch
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.indicators.window import Window
from anlu.kernel.people.models import Officer, Unit, UnitKind
from anlu.kernel.people.services import assign_area, close_unit, grant_role
from anlu.kernel.places.models import Area, AreaKind, LocationState, Road
from anlu.kernel.places.services import position_of
from tests.factories import make_area, make_officer, make_role, make_unit, seed_dictionaries

ZONE = ZoneInfo("Asia/Shanghai")
FIRST, LAST = date(2021, 1, 1), date(2023, 6, 30)
SEVERITIES = (Severity.DAMAGE,) * 5 + (Severity.SLIGHT,) * 4 + (Severity.SERIOUS,) * 2 + (Severity.FATAL,)
PROCEDURES = (Procedure.ORDINARY,) * 4 + (Procedure.SUMMARY,) * 4 + (Procedure.SELF, "")
LOSSES = (None, Decimal(0), Decimal("0.50"), Decimal("1200.00"), Decimal("33.33"), Decimal("98765.43"))
ROADS = {"G105": ("11", "1"), "S254": ("12", "2"), "Y001": ("", "4")}  # technical and administrative class
MARKS = ([], [], [], ["no_position"], ["cause_missing", "late_filing"], ["cause_missing"])


@dataclass(frozen=True)
class County:
    """Two regions with towns, one of which has a village; a brigade with squadrons, one with a post below it."""

    regions: list[Area]
    towns: list[Area]
    village: Area
    brigade: Unit
    squadrons: list[Unit]
    post: Unit
    merged: Unit
    office: Unit  # of the second town, which sees by its area

    @property
    def areas(self) -> list[Area]:
        """Every area that a crash may have."""
        return [*self.regions[:1], *self.towns, self.village]

    @property
    def units(self) -> list[Unit]:
        """Every unit that a crash may have."""
        return [self.brigade, *self.squadrons, self.post, self.merged]


def make_county() -> County:
    """Areas and units with codes of their own, and the dictionaries."""
    seed_dictionaries()
    regions = [make_area(f"{name}片区", AreaKind.REGION) for name in "东西"]
    towns = [make_area(f"{name}镇", parent=regions[place % 2]) for place, name in enumerate("甲乙丙丁")]
    towns.append(make_area("戊镇"))  # in no region
    brigade = make_unit("大队", UnitKind.BRIGADE)
    squadrons = [make_unit(f"{name}中队", parent=brigade) for name in "一二三"]
    for squadron, town in zip(squadrons, towns, strict=False):
        assign_area(squadron, town, by=SYSTEM)
    merged = make_unit("旧中队", parent=brigade)
    close_unit(merged.pk, successor_id=squadrons[0].pk, on=date(2022, 7, 1), by=SYSTEM)
    return County(
        regions=regions,
        towns=towns,
        village=make_area("甲一村", AreaKind.VILLAGE, parent=towns[0]),
        brigade=brigade,
        squadrons=squadrons,
        post=make_unit("一中队驻镇组", parent=squadrons[0]),
        merged=merged,
        office=make_unit("乙镇安全办", UnitKind.TOWN_OFFICE, area=towns[1]),
    )


def make_batch(state: BatchState = BatchState.LIVE) -> Batch:
    """An import batch of crashes."""
    return Batch.objects.create(noun="crashes", state=state, profile="test")


def crash_of(number: str, at: datetime, **facts: Any) -> Crash:
    """An unsaved crash at an aware moment; hour and day follow from it."""
    parts = local_parts(at, ZONE, precision=facts.get("time_precision", "minute"))
    return Crash(
        number=number,
        occurred_at=parts.occurred_at,
        occurred_on=parts.occurred_on,
        occurred_hour=parts.hour,
        occurred_weekday=parts.weekday,
        occurred_month=parts.period_month,
        **facts,
    )


def add_crash(number: str, on: date, hour: int = 12, **facts: Any) -> Crash:
    """One crash with just the facts that matter; snapshots made before it are stale."""
    crash = crash_of(number, datetime(on.year, on.month, on.day, hour, tzinfo=ZONE), **facts)
    crash.save()
    touch(REVISION)
    return crash


def make_crashes(
    county: County,
    count: int = 300,
    *,
    seed: int = 1,
    owner: UUID | None = None,
) -> list[Crash]:
    """``count`` crashes of 2021 to mid 2023: some without place, unit or hour, some voided, some in a hidden batch."""
    rng = random.Random(seed)
    live, hidden = make_batch(), make_batch(BatchState.WITHDRAWN)
    made = [_made(rng, county, f"S{seed}-{n:05}", (live, hidden), owner) for n in range(count)]
    Crash.objects.bulk_create(made, batch_size=100)
    return made


def _made(
    rng: random.Random, county: County, number: str, batches: tuple[Batch, Batch], owner: UUID | None
) -> Crash:
    minutes = rng.randrange(((LAST - FIRST).days + 1) * 24 * 60)
    at = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=ZONE) + timedelta(minutes=minutes)
    recorded = min(at + timedelta(days=rng.randrange(200)), datetime(2023, 7, 2, tzinfo=UTC))
    voided = recorded + timedelta(days=rng.randrange(1, 120)) if rng.random() < 0.12 else None
    batch = rng.choices([None, batches[0], batches[1]], [6, 3, 1])[0]
    return crash_of(
        number,
        at,
        **_outcome(rng),
        **_circumstances(rng),
        **_position(rng),
        town=rng.choice([None, *county.areas]),
        unit=rng.choice([None, *county.units]),
        time_precision=rng.choices(["minute", "day"], [9, 1])[0],
        filed_at=at + timedelta(hours=rng.randrange(1, 2000)) if rng.random() < 0.7 else None,
        recorded_at=recorded,
        voided_at=voided,
        batch=batch,
        created_by=owner if owner and rng.random() < 0.2 else None,
    )


def _outcome(rng: random.Random) -> dict[str, Any]:
    severity = rng.choice(SEVERITIES)
    killed = rng.choice((1, 1, 1, 2, 3)) if severity is Severity.FATAL else 0
    serious = rng.randrange(1, 3) if severity is Severity.SERIOUS else 0
    slight = 0 if severity is Severity.DAMAGE else rng.randrange(0, 3)
    return {
        "severity": severity,
        "procedure": rng.choice(PROCEDURES),
        "killed": killed,
        "killed_30d": killed + (1 if rng.random() < 0.03 else 0),
        "seriously_injured": serious,
        "slightly_injured": slight,
        "injured": serious + slight,
        "loss_cny": rng.choice(LOSSES),
    }


def _circumstances(rng: random.Random) -> dict[str, Any]:
    marks = rng.choice(MARKS)
    stated = {
        name: rng.choice(["", *(term.code for term in terms(f"crash.{name}")[:5])])
        for name in ("form", "cause", "weather", "light", "road_class", "junction")
    }
    return {**stated, "marks": list(marks), "marked": bool(marks)}


def _position(rng: random.Random) -> dict[str, Any]:
    place = position_of(115.8 + rng.random() / 5, 36.6 + rng.random() / 5) if rng.random() < 0.8 else None
    if place is None:
        return {"location_state": LocationState.UNLOCATED}
    return {
        "lon": place.lon,
        "lat": place.lat,
        "cell_x": place.cell_x,
        "cell_y": place.cell_y,
        "location_state": LocationState.LOCATED,
    }


def make_viewers(county: County) -> dict[str, Officer]:
    """People of every width of scope, who may do everything with crashes and figures inside it."""
    everything = permissions.codes()
    squadron = county.squadrons[0]
    viewers = {
        "all": make_officer(county.brigade, *everything),
        "below": make_officer(county.brigade, *everything, width=Width.BELOW),
        "squadron": make_officer(squadron, *everything, width=Width.BELOW),
        "own": make_officer(squadron, *everything, width=Width.OWN),
        "town": make_officer(county.office, *everything, width=Width.OWN),
        "mine": make_officer(squadron, *everything, width=Width.MINE),
        "chosen": make_officer(county.brigade),
        "nobody": make_officer(squadron),
    }
    role = make_role(*everything, width=Width.CHOSEN)
    places = {"units": [county.squadrons[1]], "areas": [county.towns[0]]}
    grant_role(viewers["chosen"], role, by=SYSTEM, **places)
    return viewers


@dataclass(frozen=True)
class Scene:
    """A county with crashes and the people who look at them."""

    county: County
    crashes: list[Crash]
    viewers: dict[str, Officer]


def make_scene(count: int = 300, *, seed: int = 1) -> Scene:
    """The county, its viewers and ``count`` crashes, a fifth of them recorded by the person who sees only their own."""
    county = make_county()
    viewers = make_viewers(county)
    return Scene(county, make_crashes(county, count, seed=seed, owner=viewers["mine"].uid), viewers)


def add_people(scene: Scene) -> None:
    """Vehicles and parties of many kinds, some voided, some crashes without any; some crashes on a road."""
    rng = random.Random(5)
    for code, (technical, administrative) in ROADS.items():
        classes = {"technical_class": technical, "administrative_class": administrative}
        road = Road.objects.create(code=code, name=f"线路{code}", **classes)
        Crash.objects.filter(pk__in=rng.sample([one.pk for one in scene.crashes], 60)).update(road=road)
    vehicles, parties = [], []
    for crash in Crash.objects.all():
        for seq in range(rng.randrange(4)):
            stated = {"vehicle_class": rng.choice(["", "K1", "K3", "M1"]), "plate": f"鲁P{seq}"}
            gone = crash.recorded_at if rng.random() < 0.2 else None
            vehicles.append(CrashVehicle(crash=crash, seq=seq, voided_at=gone, **stated))
            age = rng.choice([None, 5, 6, 7, 17, 18, 35, 59, 60, 69, 70, 101, 130])
            parties.append(CrashParty(crash=crash, seq=seq, age=age, voided_at=gone))
    CrashVehicle.objects.bulk_create(vehicles)
    CrashParty.objects.bulk_create(parties)


def random_period(rng: random.Random) -> Period:
    """A period of any kind within the crashes' years: whole, cut, or a span of days."""
    day = FIRST + timedelta(days=rng.randrange((LAST - FIRST).days + 1))
    kind = rng.choice(
        ["year", "year", "half", "half", "quarter", "month", "week", "day", "span", "span", "cut"]
    )
    if kind == "span":
        start = FIRST + timedelta(days=rng.randrange(300))
        return Period("span", start, max(start, day))
    if kind == "cut":
        whole = Period.containing(day, rng.choice(["year", "half", "quarter"]))
        return Period(whole.kind, whole.start, max(day, whole.start))
    return Period.containing(day, kind)  # type: ignore[arg-type]


def random_window(rng: random.Random, county: County, *, with_as_of: bool = True) -> Window:
    """Any period, with or without a unit and an area, alone or with what lies below, as known now or on a day."""
    as_of = (
        date(2021, 6, 1) + timedelta(days=rng.randrange(760)) if with_as_of and rng.random() < 0.3 else None
    )
    return Window(
        random_period(rng),
        unit=rng.choice(county.units) if rng.random() < 0.3 else None,
        area=rng.choice([*county.regions, *county.areas]) if rng.random() < 0.3 else None,
        as_of=as_of,
        alone=rng.random() < 0.2,
    )
