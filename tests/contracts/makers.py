"""
The smallest record of each ledger in a given unit and town, so that the repository-wide tests can open its pages.

A new ledger adds a line here; `test_ledgers.py` says so when it is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model

from anlu.apps.crashes.models import Crash
from anlu.apps.crashes.services import add_crash, add_party, add_vehicle
from anlu.apps.governance import forces
from anlu.apps.governance import services as governance
from anlu.apps.hazards import services as hazards
from anlu.apps.hazards.models import WorkDone
from anlu.apps.inspections import services as inspections
from anlu.apps.plans import services as plans
from anlu.apps.publicity import services as publicity
from anlu.apps.reports import picturing
from anlu.apps.reports.services import add_free_report
from anlu.apps.team import services as team
from anlu.kernel.activities.rhythms import add_rhythm
from anlu.kernel.activities.services import add_activity
from anlu.kernel.cases.kinds import families, kinds_of, sample_details
from anlu.kernel.cases.models import Rung
from anlu.kernel.cases.services import open_case
from anlu.kernel.core.attachments import attach, keep_files
from anlu.kernel.core.audit import record
from anlu.kernel.core.dictionaries import add_term
from anlu.kernel.core.models import Batch, ExportOrder, ExportState, Job
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.core.sources import add_dataset, add_source
from anlu.kernel.documents.library import Register, write_template
from anlu.kernel.documents.models import (
    Combination,
    Document,
    KindRule,
    LegalBasis,
    Letterhead,
    Phrase,
    SigningRule,
)
from anlu.kernel.documents.permissions import CHECK, ISSUE, PHRASE_CHANGE, RULE_CHANGE, SIGN, VIEW
from anlu.kernel.documents.seeding import seed_documents
from anlu.kernel.documents.services import check, draft_document, issue, sign
from anlu.kernel.indicators.closing import ask_correction
from anlu.kernel.indicators.external import add_external
from anlu.kernel.indicators.models import PeriodClose
from anlu.kernel.indicators.permissions import CORRECTION_ASK
from anlu.kernel.indicators.targets import add_target
from anlu.kernel.people.models import SignIn, Unit
from anlu.kernel.places.models import Area, AreaKind
from anlu.kernel.places.registers import add_junction, add_segment, add_site
from anlu.kernel.places.services import add_road
from tests.factories import make_area, make_officer, make_unit, png_picture

Maker = Callable[[Unit, Area], Model]
_serial = iter(range(1, 10**9))


def _audit(unit: Unit, town: Area) -> Any:
    return record("change", unit, by=SYSTEM, note=f"第 {next(_serial)} 次")


def _export(unit: Unit, town: Area) -> Any:
    return record("export", None, by=SYSTEM, label="事故台账", changes={"rows": [None, 3]})


def _export_order(unit: Unit, town: Area) -> Any:
    """Ordered by somebody of this unit."""
    officer = make_officer(unit)
    return ExportOrder.objects.create(
        ledger="crashes.crash",
        label="事故台账",
        form="xlsx",
        rows=3,
        purpose="测试",
        actor=officer.uid,
        actor_name=officer.name,
        state=ExportState.ASKED,
    )


def _job(unit: Unit, town: Area) -> Any:
    return Job.objects.create(kind="test.job", actor_name="测试员")


def _sign_in(unit: Unit, town: Area) -> Any:
    return SignIn.objects.create(login="somebody", outcome="in", address="10.0.0.1")


def _term(unit: Unit, town: Area) -> Any:
    return add_term("test.list", f"T{next(_serial)}", "测试项", by=SYSTEM)


def _crash(unit: Unit, town: Area) -> Any:
    """With a position, a vehicle and a party whose personal data are known."""
    values = {
        "number": f"QL-{next(_serial):05}",
        "occurred_at": datetime(2023, 3, 1, 8, 30, tzinfo=UTC),
        "severity": "slight",
        "unit": unit,
        "town": town,
        "road_name": "国道105",
        "lon": 115.86,
        "lat": 36.72,
    }
    crash = add_crash(values, by=SYSTEM)
    add_vehicle(crash.uid, {"plate": "鲁P12345"}, by=SYSTEM)
    add_party(
        crash.uid,
        {"name": "测试当事人", "id_number": "11010519491231002X", "phone": "13800000001"},
        by=SYSTEM,
    )
    return Crash.objects.get(pk=crash.pk)


def _batch(unit: Unit, town: Area) -> Any:
    return Batch.objects.create(noun="crashes", unit_id_of_actor=unit.pk, actor_name="测试员")


def _place(name: str, town: Area) -> dict[str, Any]:
    return {"code": f"P{next(_serial)}", "name": name, "lon": 115.86, "lat": 36.72, "town": town}


def _segment(unit: Unit, town: Area) -> Any:
    """On a road of its own, so that no two lie over each other."""
    number = next(_serial)
    values = {"number": f"D{number:03}", "name": "测试路段", "begin_m": 0.0, "end_m": 2_000.0, "town": town}
    return add_segment(values | {"road": add_road(f"Y9{number:03}", "测试路", by=SYSTEM)}, by=SYSTEM)


def _source(unit: Unit, town: Area) -> Any:
    return add_source({"code": f"s{next(_serial)}", "name": "测试系统"}, by=SYSTEM)


def _dataset(unit: Unit, town: Area) -> Any:
    values = {
        "name": "测试数据集",
        "approval": f"测{next(_serial)}",
        "approved_on": date(2023, 1, 1),
        "purpose": "测试",
        "fields": "号牌",
        "keep_until": date(2024, 1, 1),
    }
    return add_dataset(values, by=SYSTEM)


def _close(unit: Unit, town: Area) -> Any:
    """A month long ago, so that it holds nothing of the other records."""
    n = next(_serial) % 1188
    n = next(_serial) % 1200
    first = date(1901 + n // 12, n % 12 + 1, 1)
    return PeriodClose.objects.create(
        period=f"{first:%Y-%m}",
        starts_on=first,
        ends_on=first.replace(day=28),
        closed_at=datetime(2000, 1, 1, tzinfo=UTC),
        closed_by_name="测试员",
    )


def _correction(unit: Unit, town: Area) -> Any:
    """Asked for by somebody of this unit."""
    officer = make_officer(unit, CORRECTION_ASK)
    values = {"thing_kind": "crashes.crash", "day": date(2023, 3, 1), "what": "受伤 1 改为 2", "why": "漏登"}
    return ask_correction(values, by=officer)


def _external(unit: Unit, town: Area) -> Any:
    values = {
        "kind": "vehicles",
        "subject": "机动车保有量",
        "value": Decimal(200_000),
        "day": date(2023, 6, 30),
        "document_number": f"测统〔2023〕{next(_serial)}号",
        "issuer": "测试支队",
        "document_on": date(2023, 7, 1),
    }
    return add_external(values, by=SYSTEM)


def _target(unit: Unit, town: Area) -> Any:
    values = {"year": 1990 + next(_serial), "indicator": "crash.killed", "goal": Decimal(80), "basis": "测试"}
    return add_target(values, by=SYSTEM)


def _activity(kind: str) -> Maker:
    """Planned by this unit in this town."""

    def make(unit: Unit, town: Area) -> Any:
        values = {
            "kind": kind,
            "title": f"测试活动{next(_serial)}",
            "planned_on": date(2023, 3, 1),
            "unit": unit,
            "town": town,
        }
        return add_activity(values, by=SYSTEM, permission="activities.activity.view")

    return make


def _rhythm(unit: Unit, town: Area) -> Any:
    values = {
        "code": f"r{next(_serial)}",
        "kind": "team.training",
        "bearers": "unit.squadron",
        "every": "month",
    }
    return add_rhythm(values, by=SYSTEM)


def _body(unit: Unit, town: Area) -> Any:
    n = next(_serial)
    return team.bodies.add(
        {
            "code": f"D{n}",
            "name": f"测试党总支{n}",
            "kind": "committee",
            "unit": unit,
            "valid_from": date(2020, 1, 1),
        },
        by=SYSTEM,
    )


def _office(unit: Unit, town: Area) -> Any:
    values = {
        "body": _body(unit, town),
        "office": "secretary",
        "name": "测试书记",
        "valid_from": date(2020, 1, 1),
    }
    return team.offices.add(values, by=SYSTEM)


def _task(unit: Unit, town: Area) -> Any:
    values = {
        "title": f"测试任务{next(_serial)}",
        "kind": "reflection",
        "set_on": date(2023, 3, 1),
        "due_on": date(2023, 3, 31),
        "unit": unit,
    }
    return team.tasks.add(values, by=SYSTEM)


def _writing(unit: Unit, town: Area) -> Any:
    values = {
        "kind": "reflection",
        "title": f"测试心得{next(_serial)}",
        "author": "测试作者",
        "handed_in_on": date(2023, 3, 20),
        "unit": unit,
    }
    return team.writings.add(values, by=SYSTEM)


def _discussion(unit: Unit, town: Area) -> Any:
    values = {"title": f"测试讨论{next(_serial)}", "started_on": date(2023, 3, 1), "unit": unit}
    return team.discussions.add(values, by=SYSTEM)


def _result(unit: Unit, town: Area) -> Any:
    values = {
        "activity": _activity("team.training")(unit, town),
        "subject": "law",
        "unit": unit,
        "tested_on": date(2023, 3, 20),
        "tested": 10,
        "passed": 9,
    }
    return team.results.add(values, by=SYSTEM)


def _rung(unit: Unit, town: Area) -> Any:
    n = next(_serial)
    return Rung.objects.create(code=f"r{n}", label=f"第{n}级", order=n % 1000, working_days=1, act="urge")


def _market(unit: Unit, town: Area) -> Any:
    values = {"name": f"测试集{next(_serial)}", "unit": unit, "town": town, "fair_days": [1, 6]}
    values |= {"lon": 115.86, "lat": 36.72}
    return hazards.markets.add(values, by=SYSTEM)


def _work(unit: Unit, town: Area) -> Any:
    case = _case("hazards.hazard")(unit, town)
    return WorkDone.objects.create(
        case=case, measure="trim", item="hedge", quantity=46, done_on=date(2023, 3, 1)
    )


def _responsibility(unit: Unit, town: Area) -> Any:
    values = {"road_class": "1", "aspect": "vegetation", "words": f"测试部门{next(_serial)}"}
    return hazards.responsibilities.add(values, by=SYSTEM)


def _grade_rule(unit: Unit, town: Area) -> Any:
    values = {
        "code": f"g{next(_serial)}",
        "fact": "injury_crashes",
        "at_least": 3,
        "grade": "major",
        "words": "{n}",
    }
    return hazards.rules.add(values, by=SYSTEM)


def _case(family: str) -> Maker:
    """A case of the first kind of a family, found by the platform itself."""

    def make(unit: Unit, town: Area) -> Any:
        kind = kinds_of(family)[0]
        values = {
            "title": f"测试事项{next(_serial)}",
            "unit": unit,
            "town": town,
            "lon": 115.86,
            "lat": 36.72,
        }
        return open_case(kind.code, values, details=sample_details(kind), by=SYSTEM)

    return make


def _seeded() -> None:
    """What comes with the software, once: looking for what is missing takes longer than making a document."""
    if not LegalBasis.objects.filter(builtin=True).exists():
        seed_documents()


def _document(unit: Unit, town: Area) -> Any:
    """A draft of this unit's; what it is made from comes with the software."""
    _seeded()
    title = f"测试总结{next(_serial)}"
    return draft_document("summary", {"headline": title, "opening": "测试。"}, unit=unit, by=SYSTEM)


def issued_document(unit: Unit, town: Area) -> Any:
    """A brief that the brigade of this unit has issued: only what has been issued can be served."""
    _seeded()
    brigade = unit.parent
    chief = make_officer(brigade, VIEW, CHECK, SIGN, ISSUE)
    role = chief.grants.get().role.code
    Register(SigningRule, RULE_CHANGE).add({"role": role, "issuer": brigade.kind}, by=SYSTEM)
    Register(Letterhead, RULE_CHANGE).add({"unit": brigade, "name": "测试大队", "mark": "测"}, by=SYSTEM)
    draft = draft_document("brief", {"headline": "测试", "body": "测试。"}, unit=brigade, by=SYSTEM)
    return issue(sign(check(draft, by=chief), by=chief), by=chief)


def _kept_document(unit: Unit, town: Area) -> Any:
    """Kept until the end of 2013."""
    made = _document(unit, town)
    days = {"issued_on": date(2003, 7, 3), "retention_years": 10, "keep_until": date(2013, 12, 31)}
    Document.objects.filter(pk=made.pk).update(state="issued", **days)
    return Document.objects.get(pk=made.pk)


def _template(unit: Unit, town: Area) -> Any:
    return write_template("brief", title=f"测试{next(_serial)}", body="{{ 简报正文 }}", by=SYSTEM)


def _rule(model: type[Model], **values: Any) -> Maker:
    """A rule of issuing."""

    def make(unit: Unit, town: Area) -> Model:
        numbered = {
            name: f"{value}{next(_serial)}" if value == "T" else value for name, value in values.items()
        }
        return Register(model, RULE_CHANGE).add(numbered, by=SYSTEM)

    return make


def _report(unit: Unit, town: Area) -> Any:
    """A report of crashes over some days."""
    values = {"title": f"测试报告 {next(_serial)}", "period": "2023-03", "sections": ["crashes.safety"]}
    return add_free_report(values, by=SYSTEM)


def _theme(unit: Unit, town: Area) -> Any:
    return plans.themes.add({"year": 1990 + next(_serial), "name": "测试主题"}, by=SYSTEM)


def _plan(unit: Unit, town: Area) -> Any:
    values = {"code": f"{next(_serial)}", "name": "测试计划", "unit": unit, "starts_on": date(2023, 1, 1)}
    return plans.plans.add(values, by=SYSTEM)


def _plan_group(unit: Unit, town: Area) -> Any:
    values = {
        "plan": _plan(unit, town),
        "label": f"测试分组{next(_serial)}",
        "valid_from": date(2023, 1, 1),
    }
    return plans.groups.add(values, by=SYSTEM)


def _measure(unit: Unit, town: Area) -> Any:
    values = {"group": _plan_group(unit, town), "title": f"测试措施{next(_serial)}", "unit": unit}
    return plans.measures.add(values, by=SYSTEM)


def _honour(unit: Unit, town: Area) -> Any:
    values = {
        "title": f"测试荣誉{next(_serial)}",
        "kind": "plaque",
        "level": "city",
        "granted_by": "测试机关",
        "granted_on": date(2023, 3, 1),
        "unit": unit,
    }
    return plans.honours.add(values, by=SYSTEM)


def _picture_set(unit: Unit, town: Area) -> Any:
    """With one picture."""
    values = {"title": f"测试图片{next(_serial)}", "kind": "road", "taken_on": date(2023, 3, 1), "unit": unit}
    made = picturing.sets.add(values | {"town": town}, by=SYSTEM)
    attach(made, keep_files([(png_picture(), "测试.png")], by=SYSTEM), by=SYSTEM)
    return made


def _series(unit: Unit, town: Area) -> Any:
    values = {
        "name": f"测试系列{next(_serial)}",
        "channel": "wechat",
        "unit": unit,
        "started_on": date(2023, 1, 1),
    }
    return publicity.series.add(values, by=SYSTEM)


def _column(unit: Unit, town: Area) -> Any:
    values = {
        "series": _series(unit, town),
        "name": f"测试板块{next(_serial)}",
        "started_on": date(2023, 1, 1),
    }
    return publicity.columns.add(values, by=SYSTEM)


def _piece(unit: Unit, town: Area) -> Any:
    values = {
        "column": _column(unit, town),
        "title": f"测试稿件{next(_serial)}",
        "author": "测试作者",
        "unit": unit,
        "published_on": date(2023, 3, 1),
    }
    return publicity.pieces.add(values, by=SYSTEM)


def _governing_body(unit: Unit, town: Area) -> Any:
    values = {"name": f"测试委员会{next(_serial)}", "unit": unit, "valid_from": date(2020, 1, 1)}
    return governance.bodies.add(values, by=SYSTEM)


def _governing_member(unit: Unit, town: Area) -> Any:
    values = {"body": _governing_body(unit, town), "unit": unit, "valid_from": date(2020, 1, 1)}
    return governance.members.add(values | {"liaison_name": "测试联络员"}, by=SYSTEM)


def _task_force(unit: Unit, town: Area) -> Any:
    values = {
        "name": f"测试专班{next(_serial)}",
        "task": "测试",
        "unit": unit,
        "leader": "组长",
        "area": town,
    }
    dates = {"valid_from": date(2023, 1, 1), "valid_to": date(2023, 12, 31)}
    return forces.forces.add(values | dates, by=SYSTEM)


def _force_member(unit: Unit, town: Area) -> Any:
    values = {"force": _task_force(unit, town), "unit": unit, "valid_from": date(2023, 1, 1)}
    return forces.members.add(values | {"name": "测试成员"}, by=SYSTEM)


def _secondment(unit: Unit, town: Area) -> Any:
    values = {"purpose": "joint", "work": "测试联合执法", "unit": unit, "head_count": 3}
    stated = {"force": _task_force(unit, town), "valid_from": date(2023, 2, 1)}
    return forces.secondments.add(values | stated, by=SYSTEM)


def _inspection_team(unit: Unit, town: Area) -> Any:
    leader = make_officer(unit)
    values = {"name": f"测试督查组{next(_serial)}", "leader": leader, "unit": unit}
    return inspections.teams.add(values | {"valid_from": date(2023, 1, 1)}, by=SYSTEM)


def _inspection_round(unit: Unit, town: Area) -> Any:
    """On a day that is over, so that everybody may know."""
    values = {
        "team": _inspection_team(unit, town),
        "planned_on": date(2023, 3, 1),
        "categories": ["interior"],
        "units": [unit],
    }
    return inspections.rounds.add(values, by=SYSTEM)


def _inspection_bulletin(unit: Unit, town: Area) -> Any:
    return Document.objects.create(
        kind="inspection_bulletin", unit=unit, drafted_unit=unit, title=f"测试通报{next(_serial)}"
    )


MAKERS: dict[str, Maker] = {
    "activities.bearer": lambda unit, town: _activity("team.training")(unit, town).bearers.get(),
    "plans.theme": _theme,
    "plans.plan": _plan,
    "plans.group": _plan_group,
    "plans.measure": _measure,
    "plans.honour": _honour,
    "publicity.series": _series,
    "publicity.column": _column,
    "publicity.piece": _piece,
    "governance.body": _governing_body,
    "governance.member": _governing_member,
    "governance.task_force": _task_force,
    "governance.force_member": _force_member,
    "governance.secondment": _secondment,
    "governance.meeting": _activity("governance.dispatch"),
    "inspections.team": _inspection_team,
    "inspections.round": _inspection_round,
    "inspections.bulletin": _inspection_bulletin,
    "activities.rhythm": _rhythm,
    "team.study": _activity("team.first_topic"),
    "team.organisation_life": _activity("team.organisation_life"),
    "team.warning": _activity("team.warning"),
    "dashboard.duty": _activity("dashboard.duty"),
    "team.training": _activity("team.training"),
    "team.body": _body,
    "team.office": _office,
    "team.task": _task,
    "team.writing": _writing,
    "team.discussion": _discussion,
    "team.result": _result,
    "crashes.crash": _crash,
    "hazards.market": _market,
    "hazards.responsibility": _responsibility,
    "hazards.rule": _grade_rule,
    "core.batch": _batch,
    "people.officer": lambda unit, town: make_officer(unit),
    "people.unit": lambda unit, town: make_unit(),
    "places.area": lambda unit, town: make_area(),
    "places.village": lambda unit, town: make_area("测试村", AreaKind.VILLAGE, parent=town),
    "places.road": lambda unit, town: add_road(f"Y{next(_serial):03}", "测试路", by=SYSTEM),
    "places.segment": lambda unit, town: _segment(unit, town),
    "places.junction": lambda unit, town: add_junction(_place("测试路口", town), by=SYSTEM),
    "places.site": lambda unit, town: add_site(_place("测试学校", town) | {"kind": "school"}, by=SYSTEM),
    "core.term": _term,
    "indicators.close": _close,
    "indicators.correction": _correction,
    "indicators.external": _external,
    "indicators.target": _target,
    "reports.report": _report,
    "reports.picture": _picture_set,
    "core.source": _source,
    "core.dataset": _dataset,
    "core.audit": _audit,
    "core.export": _export,
    "core.exportorder": _export_order,
    "core.job": _job,
    "people.signin": _sign_in,
    "documents.document": _document,
    "documents.retention": _kept_document,
    "documents.template": _template,
    "documents.phrase": lambda unit, town: Register(Phrase, PHRASE_CHANGE).add(
        {"code": f"T{next(_serial)}", "text": "测试表述", "source_document": "测试文件"}, by=SYSTEM
    ),
    "documents.letterhead": lambda unit, town: Register(Letterhead, RULE_CHANGE).add(
        {"unit": unit, "name": "测试机关", "mark": f"测{next(_serial)}"}, by=SYSTEM
    ),
    "documents.basis": _rule(LegalBasis, code="T", law="测试法", article="第一条"),
    "documents.combination": _rule(Combination, kind="brief", issuer="office", basis="T"),
    "documents.signing": _rule(SigningRule, role="chief"),
    "documents.requirement": _rule(KindRule, kind="brief"),
}
MAKERS["cases.rung"] = _rung
MAKERS["hazards.work"] = _work
MAKERS["hazards.sight"] = _case("hazards.hazard")  # the first kind is the junction
MAKERS |= {family.code: _case(family.code) for family in families if kinds_of(family.code)}
