"""Crashes as the brigade would have recorded them: numbers, times of handling, surroundings, words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import shapely

from anlu.engine.roads.stakes import format_stake

from .days import Day
from .dice import Dice, Floats
from .drafts import Draft, Drawer, moment_minutes
from .exposure import Exposure
from .ground import Frame, Made, TownFinder
from .hot_spots import BRIDGES
from .outcomes import Judge
from .parties import MOTORS, NAMES, Body, Cast
from .patterns import PATTERNS
from .records import Crash, Person, Vehicle
from .where import Where

ZONE: Final = ZoneInfo("Asia/Shanghai")
NOW: Final = datetime(2023, 7, 3, 6, 30, tzinfo=ZONE)  # when the demonstration's data were taken
_ASIDE_M = 11.0  # a crash lies at most so far from the middle of the road
_UNLOCATED = 0.022
_ROUGH_TIME = 0.02
_NO_CAUSE = 0.004
_OBJECTS: Final = {"17": 0.42, "16": 0.2, "12": 0.14, "11": 0.06, "20": 0.08, "14": 0.04, "29": 0.06}
_MATERIAL_CODES: Final = {"trunk": "1", "urban": "1", "county": "1", "lane": "2"}


def make_crashes(
    where: Where, exposure: Exposure, days: Sequence[Day], finder: TownFinder, frame: Frame, seed: int
) -> list[Crash]:
    """All crashes in order of time."""
    drafts = Drawer(where, exposure, days, seed).draw_all()
    _script(drafts, where, days)
    drafts.sort(key=moment_minutes)
    cast = Cast(seed)
    for draft in drafts:
        cast.fill(draft)
    Judge(seed, NOW).decide(drafts)
    return Recorder(where, finder, frame, seed).record_all(drafts)


def _script(drafts: list[Draft], where: Where, days: Sequence[Day]) -> None:
    """The two crashes of the last day that the morning page of 3 July 2023 tells of."""
    last = len(days) - 1
    ordinary = next(one for one in drafts if one.day is days[last] and one.procedure == "ordinary")
    ordinary.place, ordinary.spot, ordinary.setting = where.at("S247", 9_260.0), -1, "trunk"
    ordinary.hour, ordinary.hot, ordinary.scripted = 19.7, -1, "truck-ebike"
    ordinary.pattern = PATTERNS["merge_rider"]
    summary = next(one for one in drafts if one.day is days[last] and one.procedure == "summary")
    spot = where.meeting("学府路", "育才街")
    line, starts = where.legs[spot][0]
    summary.place = where.on(line, 8.0 if starts else float(where.lengths[line]) - 8.0)
    summary.spot, summary.setting = where.made.spots.index(spot), "urban"
    summary.hour, summary.hot, summary.scripted = 7.25, -1, "car-walker"
    summary.pattern = PATTERNS["crossing_walker"]


class Recorder:
    """Writes drafts down."""

    def __init__(self, where: Where, finder: TownFinder, frame: Frame, seed: int) -> None:
        self.where, self.finder, self.frame = where, finder, frame
        self.made: Made = where.made
        self.dice = Dice(seed, "records")
        self.names = {road.code: road for road in self.made.roads}
        self.numbers: dict[int, int] = {}

    def record_all(self, drafts: Sequence[Draft]) -> list[Crash]:
        """All drafts as records, numbered by year."""
        places = self._places(drafts)
        towns = self.finder.find(places)
        degrees = self.frame.degrees(places)
        return [
            self._record(draft, float(lon), float(lat), self.made.towns[town].code)
            for draft, (lon, lat), town in zip(drafts, degrees, towns, strict=True)
        ]

    def _places(self, drafts: Sequence[Draft]) -> Floats:
        """Beside the middle of the road, on the right or on the left."""
        aside = np.clip(4.0 * self.dice.normals(len(drafts)), -_ASIDE_M, _ASIDE_M)
        places = np.array([draft.place.xy for draft in drafts])
        ahead = np.array([self._direction(draft) for draft in drafts])
        return np.asarray(places + aside[:, None] * np.column_stack([-ahead[:, 1], ahead[:, 0]]))

    def _direction(self, draft: Draft) -> Floats:
        line, length = draft.place.line, float(self.where.lengths[draft.place.line])
        first = min(max(draft.place.offset_m - 1.0, 0.0), length - 2.0)
        ends = shapely.get_coordinates(
            shapely.line_interpolate_point(self.where.shapes[line], [first, first + 2.0])
        )
        way = ends[1] - ends[0]
        return np.asarray(way / np.hypot(*way))

    # ------------------------------------------------------------ one crash

    def _record(self, draft: Draft, lon: float, lat: float, town: str) -> Crash:
        line = self.made.lines[draft.place.line]
        drawn = self.made.drawn[draft.place.line]
        junction = self.made.junctions[draft.spot] if draft.at_junction else None
        at = self._moment(draft)
        reported, filed = self._handled(draft, at)
        determined, closed, method, mediation = self._closed(draft, filed)
        people, vehicles = self._people(draft, at), self._vehicles(draft)
        form, struck = self._form(draft)
        located = bool(draft.scripted) or not self.dice.happens(_UNLOCATED)
        place = self._place(draft, vaguely=not located)
        return Crash(
            number=self._number(draft.day.day),
            occurred_at=at,
            precise=not (at.minute == 0 and self.dice.happens(0.5)) and not self.dice.happens(_ROUGH_TIME),
            reported_at=reported,
            filed_at=filed,
            procedure=draft.procedure,
            determined_on=determined,
            closed_on=closed,
            close_method=method,
            mediation=mediation,
            scene=self._scene(draft),
            hit_and_run=draft.hit_and_run,
            form=form,
            vehicle_form=draft.pattern.vehicle_form,
            object_hit=struck,
            cause="" if draft.procedure == "ordinary" and self.dice.happens(_NO_CAUSE) else draft.cause,
            weather=draft.day.weather(draft.hour),
            visibility=draft.day.visibility(draft.hour),
            light=draft.day.light(draft.hour, lit=line.lit),
            surface=draft.day.surface(draft.hour),
            pavement_material=_MATERIAL_CODES[draft.setting],
            road_class=drawn.technical_class,
            road_rank=drawn.administrative_class,
            junction=junction.form if junction else self._segment(draft),
            cross_section=self._cross_section(draft),
            control="3"
            if junction and junction.signals
            else "4"
            if junction
            else "5"
            if draft.setting != "lane"
            else "1",
            separation=self._separation(draft),
            limit_kmh=line.limit_kmh,
            lon=lon,
            lat=lat,
            located=located,
            road=line.road,
            line=draft.place.line,
            chainage_m=round(draft.place.chainage_m, 1),
            town=town,
            place=place,
            loss_cny=Decimal(draft.loss_cny),
            pattern=draft.pattern.code,
            hot_spot=f"H{draft.hot + 1:02d}" if draft.hot >= 0 else "",
            vehicles=vehicles,
            people=people,
            story=self._story(draft, at, place),
        )

    def _number(self, day: date) -> str:
        self.numbers[day.year] = self.numbers.get(day.year, 0) + 1
        return f"QL{day.year}{self.numbers[day.year]:05d}"

    def _moment(self, draft: Draft) -> datetime:
        minutes = int(draft.hour * 60)
        if not draft.scripted and self.dice.happens(0.45):
            minutes -= minutes % 5  # people round
        midnight = datetime.combine(draft.day.day, datetime.min.time(), ZONE)
        return midnight + timedelta(minutes=minutes)

    def _handled(self, draft: Draft, at: datetime) -> tuple[datetime, datetime | None]:
        """When it was reported and when it was filed; some are filed days later, a few after a month."""
        wait_min = self.dice.whole(1, 18) if not draft.hit_and_run else self.dice.whole(5, 240)
        reported = at + timedelta(minutes=wait_min)
        late = {(0.2, 3.0): 0.8, (3.0, 30.0): 0.12, (30.0, 160.0): 0.067, (721.0, 1_100.0): 0.013}
        low, high = self.dice.weighted(late) if draft.procedure == "ordinary" else (0.1, 0.8)
        filed = reported + timedelta(minutes=int(60 * self.dice.between(low, high)))
        return min(reported, NOW), filed if filed <= NOW else None

    def _closed(self, draft: Draft, filed: datetime | None) -> tuple[date | None, date | None, str, str]:
        """Determination, closing, how it was closed and by which mediation; nothing that lies in the future."""
        if filed is None:
            return None, None, "", ""
        if draft.procedure != "ordinary":
            mediation = "1" if draft.procedure == "self" else self.dice.weighted({"1": 0.45, "3": 0.55})
            return filed.date(), filed.date(), "1", mediation
        determined = filed.date() + timedelta(
            days=self.dice.whole(4, 14) if self.dice.happens(0.85) else self.dice.whole(15, 60)
        )
        closed = determined + timedelta(days=self.dice.whole(8, 70))
        if determined > NOW.date() - timedelta(days=1) or (draft.hit_and_run and self.dice.happens(0.3)):
            return None, None, "", ""
        if closed > NOW.date() - timedelta(days=1):
            return determined, None, "", ""
        method = self.dice.weighted({"1": 0.62, "2": 0.25, "3": 0.05, "4": 0.08})
        return (
            determined,
            closed,
            method,
            self.dice.weighted({"1": 0.15, "2": 0.25, "3": 0.6}) if method == "1" else "",
        )

    def _scene(self, draft: Draft) -> str:
        if draft.hit_and_run:
            return "3" if self.dice.happens(0.9) else "4"
        return (
            self.dice.weighted({"1": 0.7, "2": 0.3})
            if draft.procedure == "ordinary"
            else self.dice.weighted({"1": 0.35, "2": 0.45, "5": 0.2})
        )

    def _form(self, draft: Draft) -> tuple[str, str]:
        """Form of the crash and what was hit."""
        form = draft.pattern.form
        if form == "35":
            return form, self.dice.weighted(_OBJECTS)
        if form == "31":
            return self.dice.weighted({"31": 0.6, "32": 0.12, "33": 0.28}), ""
        if form == "21":
            return self.dice.weighted({"21": 0.86, "22": 0.06, "23": 0.08}), ""
        return form, ""

    def _segment(self, draft: Draft) -> str:
        """Kind of stretch away from junctions."""
        road, at_m = self.made.lines[draft.place.line].road, draft.place.chainage_m
        if any(road == code and low <= at_m <= high for code, low, high in BRIDGES):
            return "25"
        if draft.pattern.code == "u_turn" or (draft.setting == "urban" and self.dice.happens(0.08)):
            return "27"
        return "24" if draft.setting == "lane" and self.dice.happens(0.25) else "21"

    def _cross_section(self, draft: Draft) -> str:
        if draft.pattern.second == "walker":
            return (
                "5"
                if draft.at_junction and self.dice.happens(0.5)
                else self.dice.weighted({"1": 0.5, "3": 0.5})
            )
        if "rider" in (draft.pattern.first, draft.pattern.second):
            return (
                "3"
                if draft.setting in ("county", "lane")
                else self.dice.weighted({"1": 0.55, "2": 0.2, "3": 0.25})
            )
        return "1" if draft.setting in ("urban", "trunk") else "3"

    def _separation(self, draft: Draft) -> str:
        if draft.setting == "urban":
            return self.dice.weighted({"1": 0.4, "2": 0.25, "3": 0.15, "4": 0.2})
        return (
            "2"
            if self.made.drawn[draft.place.line].administrative_class == "1" and self.dice.happens(0.5)
            else "1"
        )

    def _vehicles(self, draft: Draft) -> tuple[Vehicle, ...]:
        return tuple(
            Vehicle(
                seq,
                one.vehicle_class,
                one.plate,
                one.plate_kind,
                one.usage,
                one.insured,
                one.manoeuvre,
                one.first_impact,
                one.year_made,
            )
            for seq, one in enumerate(draft.vehicles, 1)
        )

    def _people(self, draft: Draft, at: datetime) -> tuple[Person, ...]:
        seq_of = {one.seq: seq for seq, one in enumerate(draft.vehicles, 1)}
        for body in draft.people:
            _still_alive(at, body)
        return tuple(
            Person(
                seq=seq,
                vehicle=seq_of.get(body.vehicle, 0),
                role=body.role,
                mode=body.mode,
                sex=body.sex,
                age=body.age,
                injury=body.injury,
                died_at=_died_at(at, body.died_after_h),
                liability=body.liability,
                helmet=body.helmet,
                belt=body.belt,
                drink=body.drink,
                licence_class=body.licence_class,
            )
            for seq, body in enumerate(draft.people, 1)
        )

    # ------------------------------------------------------------ words

    def _place(self, draft: Draft, *, vaguely: bool) -> str:
        """As an officer writes it: a junction by its name, elsewhere the road with its stake, vaguely without it."""
        if draft.at_junction:
            return self.made.junctions[draft.spot].name + ("附近" if vaguely else "")
        line = self.made.lines[draft.place.line]
        name = line.local_name or self.names[line.road].name
        if vaguely:
            return f"{name}附近"
        if self.names[line.road].administrative_class in ("", "5"):
            return f"{name}{format_stake(draft.place.chainage_m)}附近"
        return f"{self.names[line.road].name}{format_stake(draft.place.chainage_m)}处"

    def _story(self, draft: Draft, at: datetime, place: str) -> str:
        actors = [NAMES[one.vehicle_class] for one in draft.vehicles]
        if draft.pattern.second == "walker":
            actors.append("行人")
        what = (
            f"{actors[0]}与{actors[1]}发生碰撞({draft.pattern.words})"
            if len(actors) > 1
            else f"{actors[0]}{draft.pattern.words}"
        )
        killed = sum(body.injury == "killed" and (body.died_after_h or 0) <= 168 for body in draft.people)
        hurt = sum(body.injury not in ("none", "unknown") for body in draft.people) - killed
        outcome = "、".join([*([f"{killed}人死亡"] if killed else []), *([f"{hurt}人受伤"] if hurt else [])])
        damaged = "车辆损坏" if any(one.vehicle_class in MOTORS for one in draft.vehicles) else "车辆受损"
        when = f"{at.year}年{at.month}月{at.day}日{at.hour}时{at.minute:02d}分许"
        return f"{when},{place},{what},致{outcome or damaged}。"


def _still_alive(at: datetime, body: Body) -> None:
    """Who would die after the week, but after the data were taken too, is seriously injured so far."""
    later = body.died_after_h is not None and body.died_after_h > 168.0
    if later and at + timedelta(hours=body.died_after_h or 0.0) > NOW:
        body.injury, body.died_after_h = "serious", None


def _died_at(at: datetime, after_h: float | None) -> datetime | None:
    """The minute of death; nobody dies after the data were taken."""
    if after_h is None:
        return None
    return min(at + timedelta(minutes=int(after_h * 60)), NOW)
