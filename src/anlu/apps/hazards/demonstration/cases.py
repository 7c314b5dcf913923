"""
Hazards of the first half of 2023 and what became of them, told day by day.

Every step is made through the services by the account that would make it, on the county's own day, so that deadlines,
reminders and drafts are those of the ladder.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from anlu.apps.hazards.common import FAMILY
from anlu.apps.hazards.demonstration.pictures import draw_scene
from anlu.apps.hazards.demonstration.plots import Plot, plots
from anlu.apps.hazards.services import Work, add_works, report_hazard, set_interim
from anlu.kernel.cases.deadlines import shifted
from anlu.kernel.cases.escalation import climb_all, sign_step
from anlu.kernel.cases.files import attach, keep_files
from anlu.kernel.cases.kinds import kinds
from anlu.kernel.cases.models import Case, Escalation, StepState
from anlu.kernel.cases.services import move_case
from anlu.kernel.core.demo import on_day
from anlu.kernel.core.scope import SYSTEM, Viewer
from anlu.kernel.people.models import Officer
from anlu.kernel.places.models import Junction

LAST: Final = date(2023, 7, 3)
CLIMBED_FROM: Final = date(2023, 5, 8)
ACCOUNT_OF: Final = {"青澜县园林服务中心": "garden", "柳亭镇安全办": "town", "云桥镇安全办": "town2"}


def make_cases() -> str:
    """All plots, then the days on which the ladder climbs."""
    if Case.objects.filter(family=FAMILY.code).exists():
        return "已有"
    stage = Stage({one.login: one for one in Officer.objects.all()})
    for plot in plots():
        stage.play(plot)
    steps = stage.climb()
    return f"{len(plots())} 处, 提醒催办拟稿 {steps} 次"


@dataclass
class Stage:
    """Who acts, and where: junctions by class of road and town, taken one after another."""

    people: dict[str, Officer]
    used: set[int] = field(default_factory=set)
    signing: set[Any] = field(default_factory=set)

    def play(self, plot: Plot) -> None:
        """One hazard from finding to where it is now."""
        day = date.fromisoformat(plot.found)
        case = self._find(plot, day)
        if not self._open(case, plot, day):
            return
        sent = shifted(day, 2)
        if plot.fate in ("overdue", "signed", "interim", "sent"):
            return
        fixed = shifted(sent, 4)
        self._fix(case, plot, fixed, seed=2)
        if plot.fate in ("fixed",):
            return
        checked = shifted(fixed, 1)
        if plot.fate in ("returned", "returned_closed"):
            self._move(case, "return", checked, self._checker(case), "西侧绿篱未动，视线仍被挡住。")
            if plot.fate == "returned":
                return
            fixed = shifted(checked, 2)
            self._fix(case, plot, fixed, seed=3, works=False)
            checked = shifted(fixed, 1)
        self._move(case, "close", checked, self._checker(case), "现场验收合格。")
        if plot.fate.startswith("rebound"):
            self._rebound(case, plot, shifted(checked, 15))

    def _find(self, plot: Plot, day: date) -> Case:
        where = self._place(plot)
        finder = self.people["patrol" if plot.town == "柳亭镇" else "hazard"]
        kind = kinds.get(f"hazards.{plot.kind}")
        with on_day(day):
            kept = keep_files([self._picture(plot, day, after=False, seed=1)], by=finder)
            values = {
                "title": f"{where.name} {plot.title}"[:120],
                "description": plot.words,
                "lon": where.lon,
                "lat": where.lat,
                "reporter_name": finder.name,
            }
            facts = {"source": plot.source, "demand": plot.demand, **plot.facts}
            return report_hazard(kind.code, values, details=facts, files=kept, by=finder).case

    def _place(self, plot: Plot) -> Junction:
        """The next junction of a road of this class, in the stated town where there is one."""
        rows = Junction.objects.live().filter(source="demo", road__administrative_class=plot.road)
        rows = rows.exclude(pk__in=self.used).order_by("code")
        found = rows.filter(town__name=plot.town).first() if plot.town else None
        found = (
            found
            or rows.first()
            or Junction.objects.live().filter(source="demo").exclude(pk__in=self.used).first()
        )
        assert found is not None
        self.used.add(found.pk)
        return found

    def _open(self, case: Case, plot: Plot, day: date) -> bool:
        """Verified and sent, as far as the plot goes; True when it was sent."""
        hazard = self.people["hazard"]
        if plot.fate == "new":
            return False
        if plot.fate == "rejected":
            self._move(
                case, "reject", shifted(day, 1), self.people["deputy"], "与已有隐患为同一处，现场已无遮挡。"
            )
            return False
        self._move(case, "verify", shifted(day, 1), hazard, "")
        if plot.fate == "verified":
            return False
        self._move(case, "send", shifted(day, 2), self.people["committee"], "")
        if plot.fate in ("interim", "overdue", "signed"):
            with on_day(shifted(day, 2)):
                until = LAST + timedelta(days=1) if plot.fate == "interim" else LAST + timedelta(days=12)
                set_interim(case.uid, "sign", until, by=hazard, note="设“注意横向来车”标志 1 面")
        if plot.fate == "signed":
            self.signing.add(case.uid)
        return True

    def _fix(self, case: Case, plot: Plot, day: date, *, seed: int, works: bool = True) -> None:
        case.refresh_from_db()
        who = self._of_lead(case)
        with on_day(day):
            if works:
                done = [Work(measure, item, Decimal(quantity)) for measure, item, quantity in plot.works]
                add_works(case.uid, done, by=self.people["hazard"])
            attach(case.uid, keep_files([self._picture(plot, day, after=True, seed=seed)], by=who), by=who)
            move_case(case.uid, "fix", by=who, note="已按要求整改。")

    def _rebound(self, case: Case, plot: Plot, day: date) -> None:
        inspector = self.people["inspector"]
        with on_day(day):
            kept = keep_files([self._picture(plot, day, after=False, seed=5, kind="photo")], by=inspector)
            attach(case.uid, kept, by=inspector)
            move_case(case.uid, "rebound", by=inspector, note="回头看：又长出遮挡 / 摊点回潮。")
        again = shifted(day, 1)
        self._move(case, "send", again, self.people["committee"], "")
        if plot.fate == "rebound_closed":
            fixed = shifted(again, 3)
            self._fix(case, plot, fixed, seed=6)
            self._move(case, "close", shifted(fixed, 1), self._checker(case), "复查合格。")

    def _of_lead(self, case: Case) -> Viewer:
        """The account of the unit that leads; where the county has none, the platform enters what it answered."""
        login = ACCOUNT_OF.get(case.lead.name if case.lead else "")
        return self.people[login] if login else SYSTEM

    def _checker(self, case: Case) -> Officer:
        case.refresh_from_db()
        return self.people["liuting" if case.unit and case.unit.name == "柳亭中队" else "hazard"]

    @staticmethod
    def _move(case: Case, move: str, day: date, who: Viewer, note: str) -> None:
        with on_day(day):
            move_case(case.uid, move, by=who, note=note)

    @staticmethod
    def _picture(plot: Plot, day: date, *, after: bool, seed: int, kind: str = "") -> tuple[bytes, str, str]:
        at = datetime.combine(day, time(9, 12 + seed))
        drawn = draw_scene(plot.kind, after=after, seed=seed + 10 * plot.number, at=at)
        return drawn, f"演示图-{'后' if after else '前'}{seed}.jpg", kind or ("after" if after else "before")

    def climb(self) -> int:
        """Every day from spring on: reminders, urging and drafts; two notices are signed the day after."""
        steps, day = 0, CLIMBED_FROM
        while day <= LAST:
            with on_day(day):
                self._sign(day)
                steps += climb_all(on=day)
            day += timedelta(days=1)
        return steps

    def _sign(self, day: date) -> None:
        waiting = Escalation.objects.filter(
            state=StepState.DRAFTED, rung="notice", case__uid__in=self.signing, on__lt=day
        )
        for step in waiting:
            sign_step(step.uid, by=self.people["chief"])
