"""Every declared kind of case: no dead ends, no move without role and evidence, a history that replays, deadlines."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlu.engine.lifecycle import AFTER, BEFORE, DOCUMENT, NOTE, PHOTO, EvidenceMissing, Move, MoveNotAllowed
from anlu.kernel.cases.history import evidence_of, replayed
from anlu.kernel.cases.kinds import Kind, families, kinds, sample_details
from anlu.kernel.cases.models import Case, CaseFile, CaseWatcher
from anlu.kernel.cases.reference import kind_part
from anlu.kernel.cases.roles import case_roles
from anlu.kernel.cases.services import MoveRefused, move_case, open_case
from anlu.kernel.core import dictionaries
from anlu.kernel.core.models import Upload
from anlu.kernel.core.permissions import permissions
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.people.models import OfficerKind
from tests.factories import make_officer, make_unit

ALL = list(kinds)
by_kind = pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.code)
PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "kinds.md"

# 国务院办公厅关于 2022–2026 年部分节假日安排的通知, written down here a second time: days off, and weekend days worked.
OFF = """
2022 0101-0103 0131-0206 0403-0405 0430-0504 0603-0605 0910-0912 1001-1007 1231-1231
2023 0101-0102 0121-0127 0405-0405 0429-0503 0622-0624 0929-1006
2024 0101-0101 0210-0217 0404-0406 0501-0505 0608-0610 0915-0917 1001-1007
2025 0101-0101 0128-0204 0404-0406 0501-0505 0531-0602 1001-1008
2026 0101-0103 0215-0223 0404-0406 0501-0505 0619-0621 0925-0927 1001-1007
"""
WORKED = """
2022 0129 0130 0402 0424 0507 1008 1009
2023 0128 0129 0423 0506 0625 1007 1008
2024 0204 0218 0407 0428 0511 0914 0929 1012
2025 0126 0208 0427 0928 1011
2026 0104 0214 0228 0509 0920 1010
"""


def _days(table: str) -> Iterator[date]:
    for line in table.split("\n"):
        year, *spans = line.split() or [""]
        for span in spans:
            first, last = (date(int(year), int(end[:2]), int(end[2:])) for end in (span[:4], span[-4:]))
            yield from (first + timedelta(days=n) for n in range((last - first).days + 1))


DAYS_OFF, DAYS_WORKED = frozenset(_days(OFF)), frozenset(_days(WORKED))
WORKING = [
    day
    for day in (date(2022, 1, 1) + timedelta(days=n) for n in range(1826))
    if day in DAYS_WORKED or (day.weekday() < 5 and day not in DAYS_OFF)
]


def counted(start: date, days: int) -> date:
    """The deadline as one counts it on a wall calendar: tick off working days after the first."""
    return [day for day in WORKING if day > start][days - 1] if days else start


# ------------------------------------------------------------------------------------------------ declarations
@pytest.mark.no_database
@by_kind
def test_a_kind_is_sound_and_its_words_are_known(kind: Kind) -> None:
    assert kind.lifecycle.problems() == []
    assert kind.lifecycle.roles <= set(case_roles.codes())
    assert kind.family in families
    for verb in ("view", "add", "handle", "reply", "inspect", "decide", "sign", "change", "void", "export"):
        assert families.get(kind.family).permission_to(verb) in permissions
    lists = {one.fact.choices for one in kind.facts if one.fact.choices} | (
        {kind.grades} if kind.grades else set()
    )
    shipped = {row["list"] for path in dictionaries.shipped_files() for row in dictionaries._read_rows(path)}
    assert lists <= shipped
    labels = [one.fact.label for one in kind.facts]
    assert len(labels) == len(set(labels))


@pytest.mark.no_database
def test_labels_of_kinds_are_unique_and_prefixes_belong_to_one_family() -> None:
    labels = [(kind.family, kind.label) for kind in kinds]
    assert len(labels) == len(set(labels))
    owners: dict[str, set[str]] = {}
    for kind in kinds:
        owners.setdefault(kind.prefix, set()).add(kind.family)
    assert {prefix: found for prefix, found in owners.items() if len(found) > 1} == {}


@pytest.mark.no_database
@by_kind
def test_moves_that_sign_or_punish_are_for_sworn_officers(kind: Kind) -> None:
    for move in kind.lifecycle.moves:
        if case_roles.get(move.role).verb in ("sign",) or move.label in ("处罚", "签发"):
            assert move.sworn, move.code


@pytest.mark.no_database
@by_kind
def test_a_kind_stands_in_the_reference_as_it_is_declared(kind: Kind) -> None:
    assert kind_part(kind) in PAGE.read_text(encoding="utf-8"), "run: make docs"


@pytest.mark.no_database
@by_kind
@given(seed=st.integers(0, 2**32))
def test_thousands_of_steps_meet_no_dead_end_and_no_move_without_evidence(kind: Kind, seed: int) -> None:
    dice, lifecycle = random.Random(seed), kind.lifecycle
    state, walked, outcomes = lifecycle.start, [], []
    for _ in range(60):
        move = dice.choice(lifecycle.moves)
        evidence = {one: dice.randint(0, 1) for one in (NOTE, PHOTO, BEFORE, AFTER, DOCUMENT)}
        allowed = state in move.froms and all(evidence[one] for one in move.needs)
        try:
            reached = lifecycle.move(state, move.code, given=evidence).to
        except MoveNotAllowed:
            outcomes.append((state not in move.froms, True))
        except EvidenceMissing as problem:
            lacking = {one for one in move.needs if not evidence[one]}
            outcomes.append((state in move.froms and not allowed, set(problem.missing) == lacking))
        else:
            assert allowed
            state = reached
            walked.append(move.code)
        assert lifecycle.is_done(state) or lifecycle.moves_from(state)
    assert all(right and named for right, named in outcomes)
    assert lifecycle.replay(walked) == state


# ------------------------------------------------------------------------------------------------ walks
def _give(case: Case, kind: str) -> None:
    upload = Upload.objects.create(sha256="0" * 64, name="x", bytes=1)
    shown = {PHOTO: "photo", BEFORE: "before", AFTER: "after", DOCUMENT: "document"}[kind]
    CaseFile.objects.create(case=case, kind=shown, upload=upload, media_type="image/jpeg")


def _expected_due(case: Case, move: Move, kind: Kind, on: date) -> Any:
    if kind.lifecycle.is_done(move.to) or move.working_days is None:
        return case.due_on
    return counted(on, move.working_days)


@by_kind
def test_a_walk_of_real_cases_keeps_history_evidence_and_deadlines(
    kind: Kind, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(kind.code)
    unit = make_unit("牵头单位")
    nobody = make_officer(
        make_unit(), families.get(kind.family).permission_to("view"), kind=OfficerKind.AUXILIARY
    )
    for _ in range(3):
        day = date(2022, 1, 3) + timedelta(days=dice.randrange(1500))
        monkeypatch.setenv("ANLU_TODAY", day.isoformat())
        case = open_case(kind.code, {"lon": 115.8, "lat": 36.7}, details=sample_details(kind), by=SYSTEM)
        CaseWatcher.objects.create(case=case, person=nobody.uid)  # sees it, also where cases are private
        first = kind.lifecycle.working_days
        assert case.due_on == (None if first is None else counted(day, first))
        for _ in range(14):
            day += timedelta(days=dice.randrange(6))
            monkeypatch.setenv("ANLU_TODAY", day.isoformat())
            move = dice.choice(kind.lifecycle.moves_from(case.state) or kind.lifecycle.moves)
            note = dice.choice(("", "说明"))
            for wanted in move.needs:
                if wanted != NOTE and dice.random() < 0.6:
                    _give(case, wanted)
            given_now = evidence_of(case, note)
            before = (case.state, case.due_on, case.version)
            with pytest.raises(MoveRefused):
                move_case(case.uid, move.code, by=nobody, note=note)
            fits = case.state in move.froms and all(given_now[one] for one in move.needs)
            due = _expected_due(case, move, kind, day)
            values = {"lead": unit} if "lead" in move.asks else {}
            if fits and not kind.why_not(case, move, SYSTEM):
                case = move_case(case.uid, move.code, by=SYSTEM, note=note, values=values)
                assert (case.state, case.due_on) == (move.to, due)
                assert (case.closed_on is not None) == kind.lifecycle.is_done(case.state)
            else:
                with pytest.raises(MoveRefused):
                    move_case(case.uid, move.code, by=SYSTEM, note=note, values=values)
                case.refresh_from_db()
                assert (case.state, case.due_on, case.version) == before
            assert replayed(case) == case.state
