"""
Quality of crash records: what is doubtful is kept and marked, never refused.

Rules between coded fields are a table (:data:`FIELD_RULES`), the others one short function each. A source
that does not know a field cannot break a rule about it: say so by ``stated``. Rules and sources:
``docs/methods/quality.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from anlu.engine.crashes.deaths import WITHIN_7_DAYS, DeathRule
from anlu.engine.crashes.records import SEVERITIES, CrashFacts
from anlu.engine.crashes.severity import casualties, severity_of

OLDEST_AGE: Final = 120
FILING_LIMIT: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Mark:
    """A doubt about a record: its code in the list ``crash.mark``, what is doubtful, and the field."""

    code: str
    text: str
    field: str


@dataclass(frozen=True, slots=True)
class FieldRule:
    """
    If ``when`` is one of ``values`` (any value if empty), then ``field`` must be stated, or must not be.

    ``unless`` turns the first half round: if ``when`` is none of ``values``.
    """

    code: str
    text: str
    field: str
    when: str = ""
    values: frozenset[str] = frozenset()
    unless: bool = False
    required: bool = True

    def is_broken_by(self, crash: CrashFacts) -> bool:
        """Whether the record breaks the rule."""
        if self.when and (getattr(crash, self.when) in self.values) == self.unless:
            return False
        return bool(getattr(crash, self.field)) != self.required


# Cross-field rules of the national platform as seen in practice: crash form, closing and mediation, cause.
FIELD_RULES: Final = (
    FieldRule(
        "form_incomplete",
        "事故形态为车辆间碰撞, 缺“车辆间事故”",
        "vehicle_form",
        "form",
        frozenset({"11", "12"}),
    ),
    FieldRule(
        "form_incomplete", "事故形态为撞物, 缺“单车事故”碰撞物", "object_hit", "form", frozenset({"35", "36"})
    ),
    FieldRule(
        "mediation_missing", "结案方式为调解结案, 缺调解方式", "mediation", "close_method", frozenset({"1"})
    ),
    FieldRule(
        "mediation_missing",
        "未以调解结案, 调解方式应为空",
        "mediation",
        "close_method",
        frozenset({"1"}),
        unless=True,
        required=False,
    ),
    FieldRule("cause_missing", "缺认定原因", "cause"),
)


def quality_marks(
    crash: CrashFacts,
    *,
    now: datetime,
    stated: frozenset[str] | None = None,
    rules: tuple[FieldRule, ...] = FIELD_RULES,
    deaths: DeathRule = WITHIN_7_DAYS,
    zone: tzinfo = UTC,
) -> tuple[Mark, ...]:
    """
    What is doubtful about a crash, in the order of the rules.

    Parameters
    ----------
    now
        The moment of recording, aware like all times; a crash cannot lie after it.
    stated
        The fields of :class:`CrashFacts` that the source can state at all; ``None`` for all of them.
    deaths, zone
        Which deaths the stated number of killed counts, and where its calendar days are those of the clock.

    Raises
    ------
    ValueError
        A time of death has no zone.
    """
    known = stated if stated is not None else ALL_FIELDS
    marks = [
        Mark(rule.code, rule.text, rule.field)
        for rule in rules
        if {rule.field, rule.when or rule.field} <= known and rule.is_broken_by(crash)
    ]
    against = _Against(now, deaths, zone)
    for check in _CHECKS:
        marks += [mark for mark in check(crash, against) if mark.field in known]
    return tuple(marks)


@dataclass(frozen=True, slots=True)
class _Against:
    now: datetime
    deaths: DeathRule
    zone: tzinfo


ALL_FIELDS: Final = frozenset(CrashFacts.__dataclass_fields__)


def _time(crash: CrashFacts, against: _Against) -> Iterator[Mark]:
    if crash.occurred_at > against.now:
        yield Mark("time_in_future", "发生时间晚于录入时间", "occurred_at")


def _filing(crash: CrashFacts, against: _Against) -> Iterator[Mark]:
    if crash.filed_at is not None and crash.filed_at - crash.occurred_at > FILING_LIMIT:
        yield Mark("late_filing", "立案超过事故发生后30日", "filed_at")


def _position(crash: CrashFacts, against: _Against) -> Iterator[Mark]:
    lon, lat = crash.lon, crash.lat
    if lon is None or lat is None:
        yield Mark(
            "no_position", "缺坐标" if crash.road or crash.place else "缺地点: 无坐标、无道路、无地名", "lon"
        )
    elif not (abs(lon) <= 180 and abs(lat) <= 90) or lon == lat == 0:
        yield Mark("position_impossible", "坐标不可能", "lon")


def _severity(crash: CrashFacts, against: _Against) -> Iterator[Mark]:
    if crash.severity not in SEVERITIES or crash.killed is None or crash.injured is None:
        return
    found = severity_of(killed=crash.killed, slight=crash.injured)
    hurt = {"slight", "serious"}
    if crash.severity != found and not {crash.severity, found} <= hurt:
        yield Mark("severity_disagrees", "后果与伤亡人数不符", "severity")


def _counts(crash: CrashFacts, against: _Against) -> Iterator[Mark]:
    if crash.parties is not None:
        counted = casualties(crash.parties, crash.occurred_at, zone=against.zone, rule=against.deaths)
        yield from _unequal("killed", "死亡人数", crash.killed, counted.killed)
        yield from _unequal("injured", "受伤人数", crash.injured, counted.injured)
    if crash.vehicles is not None:
        yield from _unequal("vehicles_count", "车辆数", crash.vehicles_count, crash.vehicles)


def _unequal(field: str, name: str, stated: int | None, counted: int) -> Iterator[Mark]:
    if stated is not None and stated != counted:
        yield Mark("counts_disagree", f"{name}填报 {stated}, 明细 {counted}", field)


def _form(crash: CrashFacts, against: _Against) -> Iterator[Mark]:
    if crash.form[:1] == "1" and crash.vehicles is not None and crash.vehicles < 2:
        yield Mark("form_disagrees", "事故形态为车辆间事故, 车辆不足两辆", "form")
    if crash.form[:1] == "2" and crash.parties is not None:
        roles = {party.role for party in crash.parties}
        if roles - {""} and "pedestrian" not in roles:
            yield Mark("form_disagrees", "事故形态为车辆与人, 当事人中没有行人", "form")


def _parties(crash: CrashFacts, against: _Against) -> Iterator[Mark]:
    parties = crash.parties or ()
    if any(party.age is not None and not 0 <= party.age <= OLDEST_AGE for party in parties):
        yield Mark("age_impossible", "当事人年龄不可能", "parties")
    if any(party.died_at is not None and party.died_at < crash.occurred_at for party in parties):
        yield Mark("death_before_crash", "死亡时间早于事故发生", "parties")


_CHECKS: Final[tuple[Callable[[CrashFacts, _Against], Iterator[Mark]], ...]] = (
    _time,
    _filing,
    _position,
    _severity,
    _counts,
    _form,
    _parties,
)
