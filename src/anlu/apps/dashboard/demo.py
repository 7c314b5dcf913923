"""The duty roster of the demonstration county around its day."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Final

from django.db import transaction

from anlu.kernel.activities.models import Activity
from anlu.kernel.activities.services import add_activity
from anlu.kernel.core.demo import demo_step
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.people.models import Officer, Unit

KIND: Final = "dashboard.duty"
FIRST, DAYS = date(2023, 6, 26), 14
# unit, who leads in turn, who is on duty in turn
ROSTER: Final = (
    (
        "QL-ZHS",
        ("chief", "commissar", "deputy"),
        (("duty", "office"), ("duty", "legal"), ("duty", "inspector")),
    ),
    ("QL-Z03", ("liuting",), (("patrol", "auxiliary"), ("liuting-clerk", "auxiliary"))),
)


@demo_step(75, KIND, "值班带班")
@transaction.atomic
def make_roster() -> str:
    """Two weeks of the command room and of one squadron."""
    if Activity.objects.filter(kind=KIND).exists():
        return "已有"
    names = dict(Officer.objects.values_list("login", "name"))
    for turn in range(DAYS):
        day = FIRST + timedelta(days=turn)
        for code, leaders, officers in ROSTER:
            values = {
                "kind": KIND,
                "title": f"{day.month}月{day.day}日值班",
                "unit": Unit.objects.get(code=code),
                "planned_on": day,
                "begins": time(8, 0),
                "details": {
                    "leader": names[leaders[turn % len(leaders)]],
                    "officers": "、".join(names[login] for login in officers[turn % len(officers)]),
                },
            }
            add_activity(values, by=SYSTEM, permission=f"{KIND}.add")
    return f"{DAYS * len(ROSTER)} 班"
