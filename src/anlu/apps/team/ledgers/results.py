"""练兵成绩: how many passed, by unit and subject."""

from __future__ import annotations

from anlu.apps.team import services
from anlu.apps.team.forms import ResultForm
from anlu.apps.team.ledgers.activities import percent
from anlu.apps.team.models import TrainingResult
from anlu.apps.team.terms import SUBJECTS
from anlu.kernel.core.dictionaries import choices
from anlu.kernel.core.filters import ChoiceFilter, DateFilter, TextFilter
from anlu.kernel.people.filters import UnitFilter
from anlu.web.ledgers import Column, Kind, Ledger, ledgers

RESULTS = ledgers.add(
    Ledger(
        code="team.result",
        path="team/results",
        label="练兵成绩",
        noun="练兵成绩",
        unit="条",
        chapter="队伍建设",
        item="练兵",
        rank=20,
        model=TrainingResult,
        title=lambda one: f"{one.activity} {dict(choices(SUBJECTS)()).get(one.subject, one.subject)}",
        columns=(
            Column("activity", "练兵活动", value="activity.title"),
            Column("subject", "科目", dictionary=SUBJECTS, sort="subject"),
            Column("unit", "单位", value="unit.name", sort="unit__sort_key"),
            Column("tested_on", "考核日期", sort="tested_on"),
            Column("tested", "参考", kind=Kind.NUMBER, sort="tested"),
            Column("passed", "合格", kind=Kind.NUMBER, sort="passed"),
            Column("rate", "合格率", value=percent),
        ),
        filters=(
            TextFilter("q", "练兵活动", columns=("activity__title",)),
            ChoiceFilter("subject", "科目", choices=choices(SUBJECTS), common=True),
            DateFilter("tested", "考核", column="tested_on", common=True),
            UnitFilter("unit", "单位", merged=False, common=True),
        ),
        order="-tested_on",
        form=ResultForm,
        add=services.results.add,
        change=services.results.change,
        void=services.results.void,
        restore=services.results.restore,
        icon="list-check",
        empty="这里登记各单位、各科目的参考人数和合格人数，不登记个人成绩，不排名。",
    )
)
