"""Series, columns and pieces of the demonstration county: F03 follows from them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.db import transaction

from anlu.apps.publicity import services
from anlu.apps.publicity.models import Series
from anlu.kernel.core.demo import demo_step
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.people.models import Officer, Unit

NAME: Final = "二十大精神大讨论"
COLUMNS: Final = (
    ("书记说", "secretary", ("commissar", "office", "liuting", "crash-officer", "vehicle-head")),
    ("支委说", "committee", ("party", "crash", "hazard", "yunqiao")),
    ("党员说", "member", ("legal", "source", "liuting-clerk", "examiner")),
    ("青年说", "youth", ("publicity", "patrol")),
)
TITLES: Final = (
    "学报告、悟思想、见行动",
    "把群众的事放在心上",
    "守好每一个路口",
    "在岗位上写答卷",
    "平安路上我当先",
)


@demo_step(70, "publicity.columns", "栏目与稿件")
@transaction.atomic
def make_columns() -> str:
    """One series in the official account with four columns, each signed by whoever holds the office."""
    if Series.objects.filter(name=NAME).exists():
        return "已有"
    unit = Unit.objects.get(code="QL-XC")
    begun = date(2023, 2, 15)
    made = {"name": NAME, "channel": "wechat", "unit": unit, "started_on": begun}
    series = services.series.add(made, by=SYSTEM)
    pieces = 0
    for place, (name, office, logins) in enumerate(COLUMNS, start=1):
        values = {"series": series, "name": name, "office": office, "place": place, "started_on": begun}
        column = services.columns.add(values, by=SYSTEM)
        for turn, login in enumerate(logins):
            piece = {
                "column": column,
                "title": TITLES[(turn + place) % len(TITLES)],
                "officer": Officer.objects.get(login=login),
                "published_on": begun + timedelta(days=7 * (4 * turn + place)),
            }
            services.pieces.add(piece, by=SYSTEM)
            pieces += 1
    return f"板块 {len(COLUMNS)} 个, 稿件 {pieces} 篇"
