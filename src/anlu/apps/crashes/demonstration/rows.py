"""The county's crashes as rows of our own import template; nobody in them is real."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from anlu.engine.county.records import Crash, Person, Road, Vehicle
from anlu.engine.roads.stakes import format_stake

Row = dict[str, str]
_RAISED_OF: Final = 40  # one in so many ordinary crashes without a death began in the summary procedure
_STRAY: Final = 7
_SURNAMES: Final = "安白程邓方高胡江柯卢孟潘秦任邵唐韦夏严袁"
_LAST_RAISED: Final = date(2023, 6, 25)


@dataclass
class Sheets:
    """Rows of the three sheets; ``raised`` are the crashes that began in the summary procedure and were moved."""

    crashes: list[Row] = field(default_factory=list)
    vehicles: list[Row] = field(default_factory=list)
    parties: list[Row] = field(default_factory=list)
    raised: list[str] = field(default_factory=list)


def rows_of(crashes: Iterable[Crash], roads: Mapping[str, Road]) -> Sheets:
    """All crashes with their vehicles and parties; ``roads`` by number."""
    sheets = Sheets()
    for crash in crashes:
        raised = _is_raised(crash)
        if raised:
            sheets.raised.append(crash.number)
        sheets.crashes.append(_crash(crash, roads[crash.road].name, "summary" if raised else crash.procedure))
        sheets.vehicles += [_vehicle(crash, vehicle) for vehicle in crash.vehicles]
        sheets.parties += [_party(crash, person) for person in crash.people]
    return sheets


def spoiled(rows: Sequence[Row]) -> list[Row]:
    """Rows that no import takes: a day that does not exist, a number that came before, none at all."""
    return [
        {**rows[-1], "number": rows[-1]["number"] + "-1", "occurred_at": "2023-02-30 08:10"},
        {**rows[-2], "place_text": rows[-2]["place_text"] + "(重复登记)"},
        {**rows[-3], "number": ""},
    ]


def _is_raised(crash: Crash) -> bool:
    """Whether it began in the summary procedure: one in forty of the ordinary ones without a death."""
    alive = all(person.injury != "killed" for person in crash.people)
    chosen = int(crash.number[-5:]) % _RAISED_OF == _STRAY and crash.occurred_at.date() < _LAST_RAISED
    return crash.procedure == "ordinary" and alive and chosen


def _crash(crash: Crash, road: str, procedure: str) -> Row:
    """Where a crash is not located, its record has words instead of a position, as in real files."""
    return {
        "number": crash.number,
        "occurred_at": _minute(crash.occurred_at) if crash.precise else f"{crash.occurred_at:%Y-%m-%d %H时}",
        "reported_at": _minute(crash.reported_at),
        "filed_at": _minute(crash.filed_at),
        "determined_on": _day(crash.determined_on),
        "closed_on": _day(crash.closed_on),
        "town": crash.town,
        "road": road,
        "stake": format_stake(crash.chainage_m) if crash.located else "",
        "place_text": crash.place,
        "lon": f"{crash.lon:.7f}" if crash.located else "",
        "lat": f"{crash.lat:.7f}" if crash.located else "",
        "procedure": procedure,
        "scene": crash.scene,
        "hit_and_run": "是" if crash.hit_and_run else "",
        "close_method": crash.close_method,
        "mediation": crash.mediation,
        "form": crash.form,
        "vehicle_form": crash.vehicle_form,
        "object_hit": crash.object_hit,
        "cause": crash.cause,
        "description": crash.story,
        "weather": crash.weather,
        "visibility": crash.visibility,
        "light": crash.light,
        "surface": crash.surface,
        "pavement": "1",
        "pavement_material": crash.pavement_material,
        "terrain": "1",
        "road_class": crash.road_class,
        "road_rank": crash.road_rank,
        "junction": crash.junction,
        "cross_section": crash.cross_section,
        "control": crash.control,
        "separation": crash.separation,
        "speed_limit_kmh": str(crash.limit_kmh),
        "loss_cny": f"{crash.loss_cny:.2f}",
    }


def _vehicle(crash: Crash, vehicle: Vehicle) -> Row:
    drivers = [one for one in crash.people if one.vehicle == vehicle.seq and one.role == "driver"]
    return {
        "number": crash.number,
        "seq": str(vehicle.seq),
        "vehicle_class": vehicle.vehicle_class,
        "plate_kind": vehicle.plate_kind,
        "plate": vehicle.plate,
        "usage": vehicle.usage,
        "year_made": str(vehicle.year_made or ""),
        "insured": vehicle.insured,
        "manoeuvre": vehicle.manoeuvre,
        "object_hit": crash.object_hit if vehicle.seq == 1 else "",
        "first_impact": vehicle.first_impact,
        "driver_age": str(drivers[0].age) if drivers else "",
        "driver_sex": drivers[0].sex if drivers else "",
    }


def _party(crash: Crash, person: Person) -> Row:
    """
    Of a name only the family name, identity numbers of a county that does not exist, telephones of no network; none
    of them where a crash was settled on the spot.
    """
    known = crash.procedure == "ordinary"
    year, serial = crash.occurred_at.year - person.age, int(crash.number[-7:]) * 11 + person.seq
    month, day, last = serial % 12 + 1, serial % 28 + 1, serial % 500 * 2 + (person.sex == "1")
    return {
        "number": crash.number,
        "seq": str(person.seq),
        "vehicle_seq": str(person.vehicle or ""),
        "name": f"{_SURNAMES[serial % len(_SURNAMES)]}某" if known else "",
        "id_number": f"990121{year}{month:02d}{day:02d}{last:03d}X" if known else "",
        "phone": f"000{serial:08d}" if known and person.role == "driver" else "",
        "sex": person.sex,
        "age": str(person.age),
        "role": person.role,
        "mode": person.mode,
        "injury": person.injury,
        "died_at": _minute(person.died_at),
        "liability": person.liability if person.role != "passenger" else "none",
        "helmet": person.helmet,
        "belt": person.belt,
        "drink": person.drink if person.role == "driver" and person.licence_class else "",
        "licence_class": person.licence_class,
    }


def _minute(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else ""


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
