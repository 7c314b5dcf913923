"""Invented crashes, their vehicles and parties as rows of our own import template."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from anlu.apps.crashes.demonstration.county import (
    DAYS,
    HALVES,
    HOT_SHARE,
    HOT_SPOTS,
    HOURS,
    MONTHS,
    SEED,
    SPOT_SPREAD_DEG,
    SPREAD_DEG,
    WAYS,
    Half,
    HotSpot,
)

Row = dict[str, str]
SURNAMES = "安白程邓方高胡江柯卢孟潘秦任邵唐韦夏严袁"
FORMS = (("11", 52), ("12", 4), ("21", 24), ("35", 9), ("31", 4), ("38", 3), ("19", 4))
VEHICLE_FORMS = (("1", 22), ("2", 10), ("3", 9), ("4", 8), ("5", 30), ("7", 10), ("9", 6))
OBJECTS = (("17", 5), ("16", 4), ("12", 3), ("20", 1), ("29", 2))
CAUSES = (
    ("32", 22),
    ("12", 12),
    ("13", 9),
    ("18", 8),
    ("31", 8),
    ("14", 6),
    ("33", 6),
    ("74", 5),
    ("19", 4),
    ("15", 3),
    ("26", 3),
    ("49", 12),
)
WEATHER = (("1", 66), ("2", 18), ("3", 10), ("5", 4), ("4", 2))
JUNCTIONS = (("21", 58), ("12", 16), ("11", 14), ("27", 8), ("25", 2), ("14", 1))
CARS = (("K3", 46), ("F6", 22), ("M1", 9), ("H3", 8), ("H1", 6), ("N1", 4), ("K1", 2), ("F1", 3))
NO_MOTOR = frozenset({"F6", "F1"})
HELMETED = frozenset({"F6", "M1"})
LATE_DEATH_SHARE = (
    0.06  # of persons counted as injured in a fatal or serious crash: died after the seventh day
)


@dataclass
class Made:
    """All rows; ``raised`` are the numbers of crashes that began in the summary procedure and were moved."""

    crashes: list[Row] = field(default_factory=list)
    vehicles: list[Row] = field(default_factory=list)
    parties: list[Row] = field(default_factory=list)
    raised: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Town:
    """A town as far as crashes need it."""

    code: str
    lon: float
    lat: float


@dataclass(frozen=True)
class Outcome:
    """What a crash comes to."""

    killed: int
    injured: int


def make(towns: Sequence[Town], seed: int = SEED) -> Made:
    """Everything, the same for the same seed and towns."""
    rng = random.Random(seed)
    made = Made()
    for half in HALVES:
        outcomes = outcomes_of(half, rng)
        for place, outcome in enumerate(outcomes):
            _add(made, rng, half, towns, outcome, "ordinary", raised=place % 40 == 7 and not outcome.killed)
        for _ in range(half.summary):
            _add(made, rng, half, towns, Outcome(0, rng.choice((0, 0, 1))), "summary", raised=False)
    return made


def outcomes_of(half: Half, rng: random.Random) -> list[Outcome]:
    """As many outcomes as there are ordinary crashes, adding up exactly to the half-year's killed and injured."""
    doubles = half.killed // 14  # crashes with two dead
    fatal = [2] * doubles + [1] * (half.killed - 2 * doubles)
    killed = fatal + [0] * (half.crashes - len(fatal))
    injured = [0] * half.crashes
    hurt = round(half.crashes * 0.68)
    for place in range(len(fatal), len(fatal) + hurt):
        injured[place] = 1
    while sum(injured) < half.injured:
        injured[rng.randrange(len(fatal) + hurt)] += 1
    while sum(injured) > half.injured:
        injured[rng.choice([place for place, count in enumerate(injured) if count])] -= 1
    outcomes = [Outcome(dead, hurt) for dead, hurt in zip(killed, injured, strict=True)]
    rng.shuffle(outcomes)
    return outcomes


def _picked(rng: random.Random, weighted: Sequence[tuple[str, int]]) -> str:
    return rng.choices([code for code, _ in weighted], [weight for _, weight in weighted])[0]


def _moment(rng: random.Random, half: Half) -> datetime:
    days = [half.start + timedelta(days=n) for n in range((half.end - half.start).days + 1)]
    day: date = rng.choices(days, [MONTHS[day.month - 1] * DAYS[day.weekday()] for day in days])[0]
    hour = rng.choices(range(24), HOURS)[0]
    return datetime(day.year, day.month, day.day, hour, rng.randrange(60))


def _add(
    made: Made,
    rng: random.Random,
    half: Half,
    towns: Sequence[Town],
    outcome: Outcome,
    procedure: str,
    *,
    raised: bool,
) -> None:
    at = _moment(rng, half)
    number = f"990121{at.year}{len(made.crashes) + 1:05d}"
    form = _picked(rng, FORMS)
    reported = at + timedelta(minutes=rng.randrange(1, 50))
    filed = reported + timedelta(hours=rng.choice((1, 3, 20, 50, 120, 900 if rng.random() < 0.2 else 30)))
    row = {
        "number": number,
        "occurred_at": _written(at),
        "reported_at": _written(reported),
        "filed_at": _written(filed) if procedure == "ordinary" else "",
        "procedure": "summary" if raised else procedure,
        "form": form,
        "vehicle_form": _picked(rng, VEHICLE_FORMS) if form in ("11", "12") else "",
        "object_hit": _picked(rng, OBJECTS) if form == "35" else "",
        "cause": "" if rng.random() < 0.02 else _picked(rng, CAUSES),
        "weather": _picked(rng, WEATHER),
        "light": _light(rng, at),
        "surface": rng.choices(("1", "2", "5"), (82, 15, 3))[0],
        "hit_and_run": "是" if rng.random() < 0.03 else "",
        "loss_cny": f"{min(400_000, rng.lognormvariate(7.6, 1.1)):.0f}",
        **_place(rng, towns),
    }
    made.crashes.append(row)
    if raised:
        made.raised.append(number)
    _add_people(made, rng, number, at, form, outcome)


def _written(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _light(rng: random.Random, at: datetime) -> str:
    if 7 <= at.hour < 18:
        return "1"
    if at.hour in (5, 6):
        return "4"
    return "5" if at.hour == 18 else rng.choice(("2", "3", "3"))


def _place(rng: random.Random, towns: Sequence[Town]) -> Row:
    if rng.random() < HOT_SHARE:
        return _hot(rng, rng.choices(HOT_SPOTS, [spot.weight for spot in HOT_SPOTS])[0])
    town = rng.choices(towns, [3 if place < 2 else 1 for place in range(len(towns))])[0]
    way = rng.choices(WAYS, [one.weight for one in WAYS])[0]
    placed = rng.random() > 0.03
    return {
        "town": town.code,
        "road": way.name,
        "stake": f"K{rng.randrange(max(1, int(way.km)))}+{rng.randrange(1000):03d}" if way.number else "",
        "road_class": way.technical,
        "road_rank": way.rank,
        "junction": _picked(rng, JUNCTIONS),
        "lon": f"{rng.gauss(town.lon, SPREAD_DEG):.6f}" if placed else "",
        "lat": f"{rng.gauss(town.lat, SPREAD_DEG):.6f}" if placed else "",
        "place_text": f"{way.name}{rng.choice(('路口', '村口', '路段', '桥头'))}",
    }


def _hot(rng: random.Random, spot: HotSpot) -> Row:
    way = next((one for one in WAYS if one.number and one.number == spot.way), WAYS[-2])
    metres = round(spot.km * 1000 + rng.gauss(0, 30))
    return {
        "town": spot.town,
        "road": way.name,
        "stake": f"K{metres // 1000}+{metres % 1000:03d}" if spot.way else "",
        "road_class": way.technical,
        "road_rank": way.rank,
        "junction": spot.junction,
        "lon": f"{rng.gauss(spot.lon, SPOT_SPREAD_DEG):.6f}",
        "lat": f"{rng.gauss(spot.lat, SPOT_SPREAD_DEG):.6f}",
        "place_text": spot.label,
    }


# --- people


def _add_people(
    made: Made, rng: random.Random, number: str, at: datetime, form: str, outcome: Outcome
) -> None:
    """One or two vehicles with drivers, a walker where the form says so, and as many hurt as the outcome says."""
    cars = [_picked(rng, CARS) for _ in range(2 if form.startswith("1") else 1)]
    if form == "21":
        cars = [next(code for code in iter(lambda: _picked(rng, CARS), "") if code not in NO_MOTOR)]
    for seq, code in enumerate(cars, 1):
        made.vehicles.append(_vehicle(rng, number, seq, code))
    roles = [("driver", seq, code) for seq, code in enumerate(cars, 1)]
    if form == "21":
        roles.insert(0, ("pedestrian", 0, "A1"))
    elif len(cars) == 2:  # the weaker one is hurt first
        roles.sort(key=lambda role: role[2] not in HELMETED | NO_MOTOR)
    needed = outcome.killed + outcome.injured
    while len(roles) < needed:
        roles.append(("passenger", rng.randrange(1, len(cars) + 1), ""))
    harms = ["killed"] * outcome.killed + [
        rng.choice(("serious", "slight", "slight")) for _ in range(outcome.injured)
    ]
    for seq, (role, car, code) in enumerate(roles, 1):
        harm = harms[seq - 1] if seq <= len(harms) else "none"
        made.parties.append(_party(rng, number, seq, role, car, code, harm, at))


def _vehicle(rng: random.Random, number: str, seq: int, code: str) -> Row:
    return {
        "number": number,
        "seq": str(seq),
        "vehicle_class": code,
        "plate": "" if code == "F1" else f"演{rng.choice('ABCD')}{rng.randrange(100_000):05d}",
        "insured": "" if code in NO_MOTOR else rng.choices(("yes", "no"), (95, 5))[0],
        "manoeuvre": rng.choices(("01", "05", "06", "07", "02", "91"), (60, 14, 8, 8, 4, 6))[0],
    }


def _party(
    rng: random.Random, number: str, seq: int, role: str, car: int, code: str, harm: str, at: datetime
) -> Row:
    died = ""
    if harm == "killed":
        died = _written(at + timedelta(hours=rng.choice((0, 0, 1, 5, 30, 100))))
    elif harm == "serious" and rng.random() < LATE_DEATH_SHARE:  # counts as injured: alive at the cut-off
        died = _written(at + timedelta(days=rng.randrange(8, 29)))
    month, day, last = rng.randrange(1, 13), rng.randrange(1, 29), rng.randrange(1000)
    age = min(88, max(6 if role != "driver" else 16, round(rng.gauss(47, 18))))
    rides = role == "driver" and code in HELMETED
    return {
        "number": number,
        "seq": str(seq),
        "vehicle_seq": str(car) if car else "",
        "name": f"{rng.choice(SURNAMES)}某",
        "sex": rng.choices(("1", "2"), (66, 34))[0],
        "age": str(age),
        "id_number": f"990121{at.year - age}{month:02d}{day:02d}{last:03d}X",  # a county that does not exist
        "phone": f"000{rng.randrange(10**8):08d}",
        "role": role,
        "mode": code if role == "driver" else ("A1" if role == "pedestrian" else "C2"),
        "injury": "killed" if died and harm != "killed" else harm,
        "died_at": died,
        "liability": rng.choice(("full", "main", "equal", "secondary", "none"))
        if role != "passenger"
        else "none",
        "helmet": rng.choices(("used", "not_used", "unknown"), (45, 45, 10))[0] if rides else "",
        "belt": rng.choices(("used", "not_used", "unknown"), (60, 25, 15))[0] if code == "K3" else "",
    }
