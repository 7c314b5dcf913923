"""Who and what takes part in a crash: vehicles as they are on a county's roads, people without names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .dice import Dice
from .patterns import Actor, Setting

if TYPE_CHECKING:
    from .drafts import Draft

# Vehicles by setting; codes of the list crash.vehicle_class. K4 is the minivan of the villages.
_MOTOR: Final[dict[Setting, dict[str, float]]] = {
    "urban": {"K3": 74, "K4": 8, "H3": 7, "K1": 2, "H4": 2, "M1": 3, "N1": 2, "H1": 1.5, "Q1": 0.5},
    "trunk": {"K3": 50, "K4": 10, "H3": 12, "H1": 13, "G1": 5, "H2": 3, "K1": 1.5, "M1": 3, "N1": 3.5},
    "county": {"K3": 50, "K4": 18, "H3": 11, "H1": 5, "H4": 4, "N1": 5, "M1": 5, "T1": 1, "K2": 1},
    "lane": {"K3": 42, "K4": 23, "H4": 8, "H3": 4, "N1": 10, "M1": 8, "T1": 5},
}
_TRUCK: Final = {"H1": 50, "G1": 22, "H2": 10, "H3": 18}
_RIDER: Final[dict[Setting, dict[str, float]]] = {
    "urban": {"F6": 80, "F2": 10, "F1": 7, "M2": 3},
    "trunk": {"F6": 55, "F2": 20, "F1": 9, "M1": 16},
    "county": {"F6": 52, "F2": 22, "F1": 8, "M1": 18},
    "lane": {"F6": 48, "F2": 26, "F1": 8, "M1": 18},
}
MOTORS: Final = frozenset(
    ["K1", "K2", "K3", "K4", "H1", "H2", "H3", "H4", "G1", "Q1", "N1", "N2", "T1", "M1", "M2"]
)
TWO_WHEELED: Final = frozenset({"M1", "M2", "F6", "F1"})
HELMET_NEEDED: Final = frozenset({"M1", "M2", "F6"})
BELTED: Final = frozenset(["K1", "K2", "K3", "K4", "H1", "H2", "H3", "H4", "G1", "Q1"])
HEAVY: Final = frozenset({"H1", "H2", "G1", "K1"})
NAMES: Final = {
    "K1": "大型客车", "K2": "中型客车", "K3": "小型客车", "K4": "面包车", "H1": "重型货车", "H2": "中型货车",
    "H3": "轻型货车", "H4": "微型货车", "G1": "半挂汽车列车", "Q1": "专项作业车", "N1": "三轮汽车", "T1": "拖拉机",
    "M1": "普通摩托车", "M2": "轻便摩托车", "F1": "自行车", "F2": "电动三轮车", "F6": "电动自行车",
}  # fmt: skip
_PASSENGER_MODE: Final = {
    "K1": "C1", "K2": "C1", "K3": "C2", "K4": "C2", "H1": "C3", "H2": "C3", "H3": "C3", "H4": "C3", "G1": "C4",
    "N1": "C5", "M1": "C6", "M2": "C6", "T1": "C7", "Q1": "C8",
}  # fmt: skip
_PASSENGERS: Final = {
    "K3": 0.7,
    "K4": 1.1,
    "K1": 4.0,
    "K2": 2.5,
    "H3": 0.4,
    "H1": 0.3,
    "F6": 0.28,
    "F2": 0.45,
    "N1": 0.4,
    "M1": 0.2,
    "T1": 0.3,
}
_PLATE_KIND: Final = {
    "H1": "01",
    "H2": "01",
    "K1": "01",
    "G1": "01",
    "M1": "07",
    "M2": "08",
    "N1": "13",
    "T1": "14",
}
_LICENCE: Final = {
    "H1": "B2",
    "H2": "B2",
    "G1": "A2",
    "K1": "A1",
    "K2": "B1",
    "M1": "D",
    "M2": "E",
    "N1": "C4",
    "T1": "G",
}
_USAGE: Final = {"H1": "F", "H2": "F", "G1": "F", "H3": "F", "K1": "B"}
_INSURED: Final = {"N1": 0.55, "M1": 0.5, "M2": 0.4, "T1": 0.35, "H4": 0.93}
#: Helmets worn by riders of electric bicycles and motorcycles; 一盔一带 began in 2020.
HELMET_SHARE: Final = {2019: 0.10, 2020: 0.27, 2021: 0.42, 2022: 0.54, 2023: 0.66}


@dataclass
class Machine:
    """A vehicle while it is being made."""

    seq: int
    vehicle_class: str
    plate: str
    plate_kind: str
    usage: str
    insured: str
    manoeuvre: str
    first_impact: str
    year_made: int | None
    occupied: bool = True


@dataclass
class Body:
    """A person while it is being made; ``frailty`` says how easily this one is hurt here."""

    vehicle: int
    role: str
    mode: str
    sex: str
    age: int
    helmet: str = ""
    belt: str = ""
    drink: str = "none"
    licence_class: str = ""
    liability: str = "none"
    injury: str = "none"
    died_after_h: float | None = None
    frailty: float = 1.0


class Cast:
    """Puts vehicles and people into drafts."""

    def __init__(self, seed: int) -> None:
        self.dice = Dice(seed, "parties")
        self._plates: set[str] = set()

    def fill(self, draft: Draft) -> None:
        """Vehicles, people, cause and liability."""
        pattern = draft.pattern
        draft.cause = self.dice.weighted(pattern.causes)
        draft.first_at_fault = self.dice.happens(pattern.first_at_fault)
        self._straighten_cause(draft)
        for seq, (actor, move) in enumerate(
            zip((pattern.first, pattern.second), pattern.moves, strict=True), 1
        ):
            self._enter(draft, seq, actor, move)
        self._judge(draft)
        for body in draft.people:
            body.frailty = _frailty(draft, body)

    # ------------------------------------------------------------ vehicles

    def _enter(self, draft: Draft, seq: int, actor: Actor, move: str) -> None:
        if actor == "none":
            return
        if actor == "walker":
            draft.people.append(self._walker(draft))
            return
        code = self._class(draft, actor)
        vehicle = self._machine(draft, seq, code, move)
        vehicle.occupied = actor != "parked" or self.dice.happens(0.35)
        draft.vehicles.append(vehicle)
        if vehicle.occupied:
            draft.people += self._riders(draft, vehicle)

    def _class(self, draft: Draft, actor: Actor) -> str:
        if draft.scripted and actor in ("motor", "rider"):
            return {"truck-ebike": {"motor": "H3", "rider": "F6"}, "car-walker": {"motor": "K3"}}[
                draft.scripted
            ][actor]
        if actor == "rider":
            return self.dice.weighted(_RIDER[draft.setting])
        if actor == "truck" or (
            actor == "parked" and draft.day.is_dark(draft.hour) and draft.setting != "urban"
        ):
            return self.dice.weighted(_TRUCK)
        return self.dice.weighted(_MOTOR[draft.setting])

    def _machine(self, draft: Draft, seq: int, code: str, move: str) -> Machine:
        year = draft.day.day.year
        motor = code in MOTORS
        impact = {"1": "front" if seq == 1 else "back", "2": "front", "7": "left" if seq == 1 else "right"}
        return Machine(
            seq=seq,
            vehicle_class=code,
            plate=self._plate() if motor and self.dice.happens(0.98) else "",
            plate_kind=_PLATE_KIND.get(code, "02") if motor else "",
            usage=_USAGE.get(code, "A") if motor else "",
            insured=("yes" if self.dice.happens(_INSURED.get(code, 0.97)) else "no") if motor else "",
            manoeuvre=move if motor or move in ("01", "05", "06") else "01",
            first_impact=impact.get(
                draft.pattern.vehicle_form,
                "front" if seq == 1 else self.dice.one_of(("left", "right", "front")),
            ),
            year_made=max(2003, year - int(self.dice.gammas(1, 2.0)[0] * 6)) if motor else None,
        )

    def _plate(self) -> str:
        """No province is called 演: such a plate cannot be anybody's."""
        while True:
            plate = f"演{self.dice.one_of('ABCDEFGH')}{self.dice.whole(0, 99_999):05d}"
            if plate not in self._plates:
                self._plates.add(plate)
                return plate

    # ------------------------------------------------------------ people

    def _riders(self, draft: Draft, vehicle: Machine) -> list[Body]:
        code = vehicle.vehicle_class
        driver = Body(vehicle.seq, "driver", code, self._sex(code), self._age(code))
        driver.licence_class = _LICENCE.get(code, "C1") if code in MOTORS else ""
        bodies = [driver]
        mean = _PASSENGERS.get(code, 0.15)
        most = 1 if code in TWO_WHEELED else 4 if code != "K1" else 9
        while len(bodies) <= most and self.dice.happens(mean / (1 + mean)):
            bodies.append(self._passenger(vehicle))
        for body in bodies:
            self._protect(draft, vehicle, body)
        return bodies

    def _passenger(self, vehicle: Machine) -> Body:
        mode = _PASSENGER_MODE.get(vehicle.vehicle_class, "C9")
        age = self.dice.whole(4, 15) if self.dice.happens(0.2) else self.dice.whole(16, 74)
        return Body(vehicle.seq, "passenger", mode, self.dice.weighted({"1": 0.42, "2": 0.58}), age)

    def _walker(self, draft: Draft) -> Body:
        kinds = {"old": 0.58, "middle": 0.28, "child": 0.14}
        low, high = {"old": (60, 84), "middle": (25, 59), "child": (5, 14)}[self.dice.weighted(kinds)]
        return Body(
            0, "pedestrian", "A1", self.dice.weighted({"1": 0.5, "2": 0.5}), self.dice.whole(low, high)
        )

    def _age(self, code: str) -> int:
        mean, spread, low, high = {
            "F6": (50, 15, 16, 82), "F2": (63, 9, 38, 84), "F1": (58, 18, 12, 83), "M1": (47, 13, 18, 70),
            "T1": (52, 10, 20, 69)
        }.get(code, (40, 11, 19, 69))  # fmt: skip
        return int(min(max(self.dice.normal(mean, spread), low), high))

    def _sex(self, code: str) -> str:
        male = {"F6": 0.5, "F2": 0.6, "F1": 0.6, "K3": 0.76, "M1": 0.93}.get(
            code, 0.97 if code in HEAVY else 0.86
        )
        return "1" if self.dice.happens(male) else "2"

    def _protect(self, draft: Draft, vehicle: Machine, body: Body) -> None:
        code = vehicle.vehicle_class
        if code in HELMET_NEEDED:
            worn = HELMET_SHARE[draft.day.day.year] * (1.0 if body.role == "driver" else 0.6)
            body.helmet = self.dice.weighted(
                {"used": worn * 0.93, "not_used": (1 - worn) * 0.93, "unknown": 0.07}
            )
        if code in BELTED:
            worn = 0.84 if body.role == "driver" else 0.45
            body.belt = self.dice.weighted(
                {"used": worn * 0.95, "not_used": (1 - worn) * 0.95, "unknown": 0.05}
            )
        if body.role == "driver" and code in MOTORS:
            body.drink = self.dice.weighted({"none": 0.93, "unknown": 0.07})

    # ------------------------------------------------------------ who is to blame

    def _straighten_cause(self, draft: Draft) -> None:
        """A cause of riders or walkers makes the second one liable, a cause of motors the first one."""
        pattern, cause = draft.pattern, int(draft.cause)
        if 51 <= cause <= 79 and pattern.first in ("motor", "truck"):
            draft.first_at_fault = False
        elif cause < 51 and pattern.second in ("rider", "walker"):
            draft.first_at_fault = True
        elif draft.cause in ("26",):
            draft.first_at_fault = False

    def _judge(self, draft: Draft) -> None:
        first = [body for body in draft.people if body.vehicle == 1 and body.role == "driver"]
        second = [body for body in draft.people if body.vehicle == 2 and body.role == "driver"]
        second += [body for body in draft.people if body.role == "pedestrian"]
        if draft.cause == "26" and not second:
            draft.cause = "93"  # nobody sits in the parked one: who ran into it steered badly
        guilty, other = (first, second) if draft.first_at_fault or not second else (second, first)
        shares = {"full": 0.45, "main": 0.4, "equal": 0.15}
        if draft.procedure != "ordinary":
            shares = {"full": 0.72, "main": 0.18, "equal": 0.1}
        degree = self.dice.weighted(shares) if other else "full"
        for body in guilty:
            body.liability = degree
            if draft.cause in ("13", "52") and body.mode in MOTORS | {"F6"}:
                body.drink = self.dice.weighted({"drink": 0.45, "drunk": 0.55})
        for body in other:
            body.liability = {"full": "none", "main": "secondary", "equal": "equal"}[degree]


def _frailty(draft: Draft, body: Body) -> float:
    """How easily a person is hurt: unprotected, old and hit by something heavy."""
    code = next((one.vehicle_class for one in draft.vehicles if one.seq == body.vehicle), "")
    if body.role == "pedestrian":
        base = 10.0
    elif code in TWO_WHEELED or code == "F2":
        base = 8.0 if body.role == "driver" else 6.5
    elif code in ("N1", "T1", "H4"):
        base = 2.4
    else:
        base = 0.25 if code in HEAVY else 1.0
    if len(draft.vehicles) == 1 and body.vehicle == 1:
        base = max(base, 3.0 if code not in HEAVY else 1.5)
    heavy = any(one.vehicle_class in HEAVY for one in draft.vehicles if one.seq != body.vehicle)
    base *= 1.35 if body.helmet == "not_used" else 1.0
    base *= 1.5 if body.belt == "not_used" else 1.0
    return base * (1.7 if body.age >= 65 else 1.0) * (1.8 if heavy else 1.0)
