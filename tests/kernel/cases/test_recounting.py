"""Deadlines after a notice of days off: counted anew by the worker, told in words, never to anybody's surprise."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from anlu.engine.calendars import SATURDAY, shipped_spans
from anlu.kernel.cases import limits as limits_of_old
from anlu.kernel.cases import recounting
from anlu.kernel.cases.deadlines import shifted
from anlu.kernel.cases.escalation import climb_all
from anlu.kernel.cases.extensions import ask_extension, decide_extension
from anlu.kernel.cases.ladder import seed_ladder
from anlu.kernel.cases.models import Case, CaseEvent, Escalation
from anlu.kernel.cases.recounting import KEPT, MOVED
from anlu.kernel.cases.services import move_case, restore_case, void_case
from anlu.kernel.core.clock import now
from anlu.kernel.core.dictionaries import add_term, change_term
from anlu.kernel.core.models import AuditEntry, Job, Notice, Term
from anlu.kernel.core.recounting import SETTLED, recount_all
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.core.tasks import PERIODIC, plan_periodic_jobs, run_job
from anlu.kernel.core.workdays import HOLIDAYS, LISTS, WORKDAYS, seed_workdays
from tests.kernel.cases.conftest import Stage
from tests.kernel.cases.test_services import fixed, found, sent

DAYS = LISTS.values()


def settled() -> None:
    """As if the last entry were old enough."""
    Term.objects.filter(list__in=DAYS).update(changed_at=now() - 2 * SETTLED)


def recounted() -> dict[str, int]:
    settled()
    return recount_all()


def withhold(year: int) -> None:
    """The notice for a year, and those after it, is not out yet."""
    later = [str(one) for one in range(year, 2027)]
    for term in Term.objects.filter(list__in=DAYS):
        if term.code[:4] in later:
            term.delete()
    change_term(HOLIDAYS, Term.objects.filter(list=HOLIDAYS).earliest("pk").code, by=SYSTEM, label="假日")


def enter(year: int) -> None:
    """The official notice for a year, span by span."""
    for span in shipped_spans():
        if span["year"] == str(year):
            days = {
                "valid_from": date.fromisoformat(span["start"]),
                "valid_to": date.fromisoformat(span["end"]),
            }
            add_term(LISTS[span["kind"]], f"{year}-{span['start'][5:]}", span["name"], by=SYSTEM, **days)


def counted(start: date, number: int) -> date:
    """The ``number``-th working day after a day, by the official notices and counted on the fingers."""
    kinds = {}
    for span in shipped_spans():
        day, end = date.fromisoformat(span["start"]), date.fromisoformat(span["end"])
        while day <= end:
            kinds[day] = span["kind"]
            day += timedelta(days=1)
    while number:
        start += timedelta(days=1)
        if kinds.get(start, "workday" if start.weekday() < SATURDAY else "holiday") == "workday":
            number -= 1
    return start


@pytest.fixture(autouse=True)
def calendar(db: None) -> None:
    """The notices for 2022 to 2026, and everything counted by them."""
    seed_ladder()
    seed_workdays()
    recounted()


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Set the business date."""
    return lambda day: monkeypatch.setenv("ANLU_TODAY", day.isoformat())


@pytest.mark.parametrize("year", range(2023, 2027))
def test_the_notice_for_a_year_moves_the_deadlines_that_were_provisional_before(
    stage: Stage,
    year: int,
    on,  # type: ignore[no-untyped-def]
) -> None:
    withhold(year)
    recounted()
    opened = []
    for month, day in ((12, 22), (12, 27), (12, 31)):
        on(date(year - 1, month, day))
        opened.append((found(stage).pk, date(year - 1, month, day), 2))
        opened.append((sent(stage).pk, date(year - 1, month, day), 7))
    before = {pk: Case.objects.get(pk=pk).due_on for pk, _, _ in opened}
    assert Case.objects.filter(due_provisional=True).count() >= 3
    enter(year)
    assert recounted()["cases"] == sum(counted(start, days) != before[pk] for pk, start, days in opened) > 0
    for pk, start, days in opened:
        case = Case.objects.get(pk=pk)
        assert (case.due_on, case.due_provisional) == (counted(start, days), False)
        moved = CaseEvent.objects.filter(case=case, code=MOVED)
        assert moved.count() == (case.due_on != before[pk])
        for event in moved:
            assert event.note == (
                f"节假日安排有变：{start} 起 {days} 个工作日，原期限 {before[pk]}，现期限 {case.due_on}"
            )


@pytest.fixture
def case(stage: Stage, on) -> Case:  # type: ignore[no-untyped-def]
    """Sent on Tuesday 29 September 2026, while nothing is known of the holidays of that year: due on 8 October."""
    withhold(2026)
    recounted()
    on(date(2026, 9, 29))
    made = sent(stage)
    assert (made.due_on, made.due_provisional) == (date(2026, 10, 8), True)
    return made


def test_a_moved_deadline_is_told_recorded_and_moved_only_once(case: Case, stage: Stage) -> None:
    told = Notice.objects.count()
    enter(2026)
    assert recounted() == {"cases": 1, "documents": 0}
    case.refresh_from_db()
    assert case.due_on == date(2026, 10, 14)  # 30 September, 8, 9, 10 (Saturday, worked), 12, 13, 14
    entry = AuditEntry.objects.get(action="recount", thing_uid=case.uid)
    assert entry.changes["due_on"] == ["2026-10-08", "2026-10-14"]
    assert "原期限 2026-10-08，现期限 2026-10-14" in entry.note
    assert AuditEntry.objects.get(action="recount", thing_uid=None).note == "事项 1"
    mine = Notice.objects.filter(to=stage.liaison.uid, title__startswith="期限改为 2026-10-14")
    assert mine.count() == 1
    after = (Notice.objects.count(), CaseEvent.objects.count(), AuditEntry.objects.count())
    assert after[0] > told
    assert recounted() == {}
    Term.objects.filter(list=HOLIDAYS, code__startswith="2026").update(label="换了名称")
    assert recounted() == {}
    assert (Notice.objects.count(), CaseEvent.objects.count(), AuditEntry.objects.count()) == after


def test_a_correction_of_the_notice_moves_it_again_and_back(case: Case) -> None:
    enter(2026)
    recounted()
    change_term(HOLIDAYS, "2026-10-01", by=SYSTEM, valid_to=date(2026, 10, 8))
    recounted()
    assert Case.objects.get(pk=case.pk).due_on == date(2026, 10, 15)
    change_term(HOLIDAYS, "2026-10-01", by=SYSTEM, valid_to=date(2026, 10, 7))
    recounted()
    assert Case.objects.get(pk=case.pk).due_on == date(2026, 10, 14)
    assert CaseEvent.objects.filter(case=case, code=MOVED).count() == 3


def test_a_notice_that_is_still_being_entered_is_waited_for(case: Case) -> None:
    enter(2026)
    assert recount_all() == {}
    assert Case.objects.get(pk=case.pk).due_on == date(2026, 10, 8)
    assert recounted()["cases"] == 1


def test_the_worker_counts_anew_by_itself(case: Case) -> None:
    enter(2026)
    settled()
    plan_periodic_jobs()
    row = Job.objects.get(idempotency_key=f"{PERIODIC}core.recount")
    run_job(row.pk)
    row.refresh_from_db()
    assert row.result == {"cases": 1, "documents": 0}
    assert Case.objects.get(pk=case.pk).due_on == date(2026, 10, 14)


def test_a_worker_that_is_killed_in_between_goes_on_and_does_nothing_twice(
    case: Case, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(stage)
    sent(stage)
    done: list[int] = []
    whole = recounting.recount_case

    def killed(pk: int, limit: object) -> bool:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(pk)
        return whole(pk, limit)  # type: ignore[arg-type]

    monkeypatch.setattr(recounting, "recount_case", killed)
    enter(2026)
    with pytest.raises(KeyboardInterrupt):
        recounted()
    monkeypatch.setattr(recounting, "recount_case", whole)
    assert recounted()["cases"] == 1
    assert CaseEvent.objects.filter(code=MOVED).count() == 3
    assert set(Case.objects.values_list("due_on", flat=True)) == {date(2026, 10, 14)}


def test_what_a_person_stated_or_granted_stays_and_so_does_what_is_closed(
    stage: Stage,
    case: Case,
    on,  # type: ignore[no-untyped-def]
) -> None:
    stated = move_case(
        found(stage).uid, "send", by=stage.finder, values={"lead": stage.garden, "due_on": date(2026, 10, 8)}
    )
    ask_extension(case.uid, date(2026, 10, 9), "雨天", by=stage.liaison)
    decide_extension(case.uid, grant=True, by=stage.chief)
    over = fixed(stage)
    move_case(over.uid, "close", by=stage.finder, note="已修剪")
    before = dict(Case.objects.values_list("pk", "due_on"))
    enter(2026)
    assert recounted()["cases"] == 0
    assert dict(Case.objects.values_list("pk", "due_on")) == before
    assert before[stated.pk] == date(2026, 10, 8)
    assert before[case.pk] == date(2026, 10, 9)


def worked(day: date) -> None:
    """A correction: the days from the first of October to this one are worked after all."""
    change_term(HOLIDAYS, "2026-10-01", by=SYSTEM, valid_from=day + timedelta(days=1))


def test_an_earlier_day_makes_nobody_late(stage: Stage, case: Case, on) -> None:  # type: ignore[no-untyped-def]
    enter(2026)
    recounted()
    on(date(2026, 10, 13))
    worked(date(2026, 10, 6))  # four more working days: the limit would have been over on the 9th
    assert recounted()["cases"] == 1
    case.refresh_from_db()
    assert case.due_on == date(2026, 10, 13)
    note = CaseEvent.objects.filter(case=case, code=MOVED).latest("pk").note
    assert note.endswith("原期限 2026-10-14，现期限 2026-10-13（按新安排为 2026-10-09，不早于今天）")
    on(date(2026, 10, 16))
    worked(date(2026, 10, 5))
    assert recounted()["cases"] == 0  # it is over: it stays over since the day that everybody knew
    assert Case.objects.get(pk=case.pk).due_on == date(2026, 10, 13)


def test_one_that_passed_by_mistake_is_no_longer_overdue_and_climbs_anew(
    stage: Stage,
    case: Case,
    on,  # type: ignore[no-untyped-def]
) -> None:
    on(date(2026, 10, 9))
    climb_all()
    case.refresh_from_db()
    assert case.rung == "urge"
    enter(2026)
    recounted()
    case.refresh_from_db()
    assert (case.due_on, case.rung) == (date(2026, 10, 14), "")
    assert Escalation.objects.filter(case=case).count() == 1  # what was done stays in the history
    on(shifted(date(2026, 10, 14), 1))
    climb_all()
    assert list(Escalation.objects.filter(case=case).values_list("due_on", flat=True)) == [
        date(2026, 10, 14),
        date(2026, 10, 8),
    ]


def test_one_for_which_a_paper_was_drafted_stays_and_the_history_says_so_once(
    case: Case,
    on,  # type: ignore[no-untyped-def]
) -> None:
    on(date(2026, 10, 16))
    climb_all()
    assert Escalation.objects.filter(case=case, state="drafted").exists()
    enter(2026)
    for _ in range(2):
        assert recounted().get("cases", 0) == 0
        change_term(WORKDAYS, "2026-05-09", by=SYSTEM, valid_to=None)  # elsewhere in the year
    case.refresh_from_db()
    assert case.due_on == date(2026, 10, 8)
    kept = CaseEvent.objects.get(case=case, code=KEPT)
    assert "按新安排期限为 2026-10-14；已按原期限 2026-10-08 拟发文书，期限不变" in kept.note


def test_reminders_go_by_the_new_days_off_even_where_the_deadline_stays(
    stage: Stage,
    case: Case,
    on,  # type: ignore[no-untyped-def]
) -> None:
    stated = move_case(
        found(stage).uid, "send", by=stage.finder, values={"lead": stage.garden, "due_on": date(2026, 10, 8)}
    )
    climb_all()
    stated.refresh_from_db()
    assert stated.step_on == date(2026, 10, 7)  # the working day before, as far as was known
    enter(2026)
    recounted()
    climb_all()
    stated.refresh_from_db()
    assert stated.step_on == date(2026, 9, 30)


def test_a_case_that_comes_back_is_counted_by_the_days_off_of_now(case: Case, stage: Stage) -> None:
    void_case(case.uid, why="重复", by=stage.chief)
    enter(2026)
    assert recounted()["cases"] == 0
    restore_case(case.uid, by=stage.chief)
    assert recounted()["cases"] == 1
    assert Case.objects.get(pk=case.pk).due_on == date(2026, 10, 14)


# ------------------------------------------------------------------------------------------------ of an older version
def test_a_deadline_from_before_limits_were_kept_follows_too_where_history_shows_its_limit(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANLU_TODAY", "2025-12-30")
    seed_workdays()
    withhold(2026)
    opened, moved, stated = found(stage), sent(stage), found(stage, due_on=date(2026, 1, 9))
    limits = {pk: (since, days) for pk, since, days in Case.objects.values_list("pk", "due_from", "due_days")}
    granted = sent(stage)
    ask_extension(granted.uid, granted.due_on + timedelta(days=20), "下雨", by=stage.liaison)
    decide_extension(granted.uid, grant=True, by=stage.chief)
    Case.objects.update(due_from=None, due_days=None)  # the columns are new
    since = now()
    later = found(stage, due_on=opened.due_on)  # stated by somebody since, and by chance the same day
    monkeypatch.setattr(limits_of_old, "kept_since", lambda: since)
    recounted()
    kept = dict(Case.objects.filter(due_days__isnull=False).values_list("pk", "due_days"))
    assert kept == {one.pk: limits[one.pk][1] for one in (opened, moved)}
    assert Case.objects.get(pk=moved.pk).due_from == limits[moved.pk][0]
    enter(2026)
    recounted()
    for one in (opened, moved):
        assert Case.objects.get(pk=one.pk).due_on > one.due_on
    for one in (stated, later):
        assert Case.objects.get(pk=one.pk).due_on == one.due_on


def test_this_installation_knows_since_when_it_keeps_limits(db: None) -> None:
    assert limits_of_old.kept_since() <= now()
    assert limits_of_old.kept_since().year > 2000
