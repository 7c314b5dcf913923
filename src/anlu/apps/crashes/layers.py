"""Crashes as points of the map, told apart by severity and by what the dictionaries say of them."""

from __future__ import annotations

from typing import Final

from anlu.apps.crashes import permissions
from anlu.apps.crashes.filters import FILTERS, hours, weekdays
from anlu.apps.crashes.imports import REVISION
from anlu.apps.crashes.models import Crash, Severity
from anlu.apps.crashes.statistics.dimensions import by_road
from anlu.kernel.core.dictionaries import choices
from anlu.web.tiles import PointLayer, Theme, layers

# What a crash counts on the weighted heat map: equivalent property damage only, 10 : 5 : 1 for fatal, injury and
# damage (Massachusetts Highway Department's weights, as published by its regional planners).
WEIGHTS: Final = {Severity.FATAL: 10.0, Severity.SERIOUS: 5.0, Severity.SLIGHT: 5.0, Severity.DAMAGE: 1.0}
PARTS_OF_THE_DAY: Final = (
    ("凌晨 0–5时", range(6)),
    ("早高峰 6–8时", range(6, 9)),
    ("上午 9–11时", range(9, 12)),
    ("中午 12–13时", range(12, 14)),
    ("下午 14–16时", range(14, 17)),
    ("晚高峰 17–19时", range(17, 20)),
    ("夜间 20–23时", range(20, 24)),
)


def _parts() -> list[tuple[str, str]]:
    return [(label, label) for label, _ in PARTS_OF_THE_DAY]


def _theme(name: str, label: str) -> Theme:
    return Theme(name, label, name, choices(f"crash.{name}"))


assert sum(len(part) for _, part in PARTS_OF_THE_DAY) == len(hours())

layers.add(
    PointLayer(
        code="crashes",
        label="事故",
        model=Crash,
        permission=permissions.VIEW,
        ledger="crashes.crash",
        item="事故",
        filters=FILTERS,
        themes=(
            Theme(
                "severity",
                "后果",
                "severity",
                choices("crash.severity"),
                marks={code: code for code in ("fatal", "serious", "slight", "damage")},
            ),
            _theme("form", "事故形态"),
            _theme("cause", "认定原因"),
            Theme(
                "hour",
                "时段",
                "occurred_hour",
                _parts,
                groups={str(hour): label for label, part in PARTS_OF_THE_DAY for hour in part},
                ordered=True,
            ),
            Theme("weekday", "星期", "occurred_weekday", weekdays, ordered=True),
            _theme("light", "照明条件"),
            _theme("weather", "天气"),
            _theme("junction", "路口路段类型"),
            _theme("procedure", "处理程序"),
        ),
        weights=WEIGHTS,
        weights_note="亡人 10、伤人 5、财产损失 1",
        revision=REVISION,
        roads=by_road,
    )
)
