"""
Who is killed and who is hurt, so that every period has its totals.

Within a period deaths go to the crashes that are likeliest to kill (pattern, light, kind of road, vehicles, people),
injuries to the people that are hurt most easily; the totals are met exactly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

import numpy as np

from .dice import Dice, Floats
from .drafts import Draft
from .parties import HEAVY, MOTORS, Body
from .periods import PERIODS

_WHERE: Final = {"urban": 0.42, "trunk": 1.6, "county": 1.2, "lane": 0.85}
_DOUBLES: Final = 0.035  # of fatal crashes kill two
_DAMAGE_ONLY: Final = 0.11  # of ordinary crashes without a death hurt nobody
_SUMMARY_HURT: Final = 0.17  # of summary crashes hurt somebody slightly
_DIE_LATER: Final = 0.035  # of the seriously injured die between the 8th and the 30th day
_DAY_H: Final = 24.0


class Judge:
    """Deals out deaths, injuries and losses period by period."""

    def __init__(self, seed: int, now: datetime) -> None:
        self.dice = Dice(seed, "outcomes")
        self.now = now

    def decide(self, drafts: Sequence[Draft]) -> None:
        """Set injuries and losses of all drafts."""
        for number, period in enumerate(PERIODS):
            own = [draft for draft in drafts if draft.period == number]
            ordinary = [draft for draft in own if draft.procedure == "ordinary"]
            self._kill(ordinary, period.killed)
            self._hurt(ordinary, period.injured)
            summary = [draft for draft in own if draft.procedure == "summary"]
            self._hurt_slightly(summary, period.slight)
            self._cost(ordinary, period.loss_cny)
            for draft in own:
                if draft.procedure != "ordinary":
                    draft.loss_cny = self._small_loss(draft)
                draft.hit_and_run = draft.hit_and_run or self._fled(draft)

    # ------------------------------------------------------------ deaths

    def _kill(self, drafts: Sequence[Draft], total: int) -> None:
        danger = np.array([_danger(draft) for draft in drafts])
        doubles = round(_DOUBLES * total)
        fatal = [drafts[int(row)] for row in self.dice.sample(danger, total - doubles)]
        full = np.array([_danger(draft) if len(draft.people) > 2 else 0.0 for draft in fatal])
        twice = {int(row) for row in self.dice.sample(full, doubles)} if doubles else set()
        for row, draft in enumerate(fatal):
            for body in self._frailest(draft, 2 if row in twice else 1):
                body.injury = "killed"
                body.died_after_h = self._hours_to_death()

    def _hours_to_death(self) -> float:
        """Most die on the spot or within a day, some up to the end of the seventh."""
        low, high = self.dice.weighted(
            {(0.0, 0.3): 0.52, (0.3, 24.0): 0.28, (24.0, 72.0): 0.12, (72.0, 166.0): 0.08}
        )
        return self.dice.between(low, high)

    def _frailest(self, draft: Draft, count: int) -> list[Body]:
        unhurt = [body for body in draft.people if body.injury == "none"]
        rows = self.dice.sample([body.frailty**1.5 for body in unhurt], count)
        return [unhurt[int(row)] for row in rows]

    # ------------------------------------------------------------ injuries

    def _hurt(self, drafts: Sequence[Draft], total: int) -> None:
        """Exactly ``total`` injured: first one in most crashes without a death, then more, or fewer again."""
        open_ = [draft for draft in drafts if not _is_fatal(draft)]
        harmless = np.array([1.0 / (0.2 + _danger(draft)) for draft in open_])
        spared = (
            {int(row) for row in self.dice.sample(harmless, round(_DAMAGE_ONLY * len(open_)))}
            if open_
            else set()
        )
        first = [self._frailest(draft, 1)[0] for row, draft in enumerate(open_) if row not in spared]
        for row in self.dice.sample(np.ones(len(first)), max(0, len(first) - total)):
            first[int(row)].injury = "spared"  # more crashes than injured: it did no harm after all
        hurt = [body for body in first if body.injury == "none"]
        passed = {id(body) for body in hurt} | {id(body) for row in spared for body in open_[row].people}
        more = [
            body
            for draft in drafts
            for body in draft.people
            if body.injury == "none" and id(body) not in passed
        ]
        weight = [body.frailty for body in more]
        hurt += [more[int(row)] for row in self.dice.sample(weight, total - len(hurt))]
        for body in first:
            body.injury = "none" if body.injury == "spared" else body.injury
        owner = {id(body): draft for draft in drafts for body in draft.people}
        for body in hurt:
            self._injure(owner[id(body)], body)

    def _injure(self, draft: Draft, body: Body) -> None:
        grave = min(
            0.75, 0.22 + 0.06 * draft.pattern.harm + 0.012 * body.frailty + (0.1 if body.age >= 65 else 0.0)
        )
        if draft.scripted == "truck-ebike":
            grave = 1.0
        body.injury = self.dice.weighted(
            {"serious": grave, "slight": 0.65 * (1 - grave), "minor": 0.35 * (1 - grave)}
        )
        if body.injury == "serious" and not draft.scripted and self.dice.happens(_DIE_LATER):
            body.injury, body.died_after_h = "killed", self.dice.between(7.2 * _DAY_H, 29.0 * _DAY_H)

    def _hurt_slightly(self, drafts: Sequence[Draft], total: int | None) -> None:
        candidates = [draft for draft in drafts if not draft.scripted]
        scripted = [draft for draft in drafts if draft.scripted]
        count = round(_SUMMARY_HURT * len(drafts)) if total is None else total - len(scripted)
        weight = [max(body.frailty for body in draft.people) for draft in candidates]
        for draft in [*scripted, *(candidates[int(row)] for row in self.dice.sample(weight, count))]:
            body = self._frailest(draft, 1)[0]
            body.injury = "minor" if self.dice.happens(0.6) else "slight"

    # ------------------------------------------------------------ losses

    def _cost(self, drafts: Sequence[Draft], total: Decimal) -> None:
        """Losses in tens of yuan that add up to ``total``."""
        share = np.array([_value(draft) for draft in drafts]) * np.exp(0.7 * self.dice.normals(len(drafts)))
        tens = int(total) // 10
        given: Floats = np.maximum(np.floor(share / share.sum() * tens), 5)
        given[int(np.argmax(given))] += tens - given.sum()
        for draft, ten in zip(drafts, given, strict=True):
            draft.loss_cny = 10 * int(ten)
        drafts[int(np.argmax(given))].loss_cny += int(total) - 10 * tens

    def _small_loss(self, draft: Draft) -> int:
        mean = 1_500.0 if draft.procedure == "summary" else 800.0
        loss = mean * _value(draft) * float(np.exp(0.6 * self.dice.normals(1)[0]))
        return 10 * round(min(loss, 1_990.0 if draft.procedure == "self" else 28_000.0) / 10)

    def _fled(self, draft: Draft) -> bool:
        """Drivers flee from what they hit, at night more often."""
        if draft.procedure != "ordinary" or draft.scripted or len(draft.people) < 2:
            return False
        dark = draft.day.is_dark(draft.hour)
        weak = draft.pattern.second in ("walker", "rider")
        return self.dice.happens((0.085 if dark else 0.025) if weak else 0.015)


def _is_fatal(draft: Draft) -> bool:
    return any(body.injury == "killed" for body in draft.people)


def _danger(draft: Draft) -> float:
    """How likely a crash kills, against others."""
    frailty = max(body.frailty for body in draft.people)
    danger = draft.pattern.harm * _WHERE[draft.setting] * math.sqrt(frailty)
    if draft.day.is_dark(draft.hour):
        danger *= 1.35 if draft.setting == "urban" else 1.9
    if any(one.vehicle_class in HEAVY for one in draft.vehicles):
        danger *= 1.6
    return danger * (0.0 if draft.scripted else 1.0)


def _value(draft: Draft) -> float:
    """What a crash costs, against others: by its motor vehicles."""
    worth = [
        2.2 if one.vehicle_class in HEAVY else 1.0 if one.vehicle_class in MOTORS else 0.25
        for one in draft.vehicles
    ]
    return max(0.2, float(sum(worth)) / 2)
