"""荣誉与经验推广."""

from __future__ import annotations

from anlu.apps.plans import services
from anlu.apps.plans.forms import HonourForm
from anlu.apps.plans.models import Honour
from anlu.apps.plans.terms import HONOUR_KINDS, HONOUR_LEVELS
from anlu.engine.indicators.wording import ordinal
from anlu.kernel.core.dictionaries import choices
from anlu.kernel.core.filters import ChoiceFilter, DateFilter, TextFilter
from anlu.kernel.people.filters import UnitFilter
from anlu.web.ledgers import Column, DetailSection, Kind, Ledger, ledgers


def times(honour: Honour) -> str:
    """第四次."""
    return ordinal(services.ordinal_of(honour), "次")


HONOURS = ledgers.add(
    Ledger(
        code="plans.honour",
        path="plans/honours",
        label="荣誉与经验推广",
        noun="荣誉",
        unit="项",
        chapter="队伍建设",
        item="荣誉与经验推广",
        rank=10,
        model=Honour,
        columns=(
            Column("title", "名称", sort="title"),
            Column("kind", "类别", dictionary=HONOUR_KINDS, sort="kind"),
            Column("level", "级别", dictionary=HONOUR_LEVELS, sort="level"),
            Column("granted_by", "授予机关", sort="granted_by"),
            Column("granted_on", "授予日期", sort="granted_on"),
            Column("document_number", "文号", kind=Kind.CODE),
            Column("unit", "获得单位", value="unit.name"),
        ),
        filters=(
            TextFilter(
                "q", "名称、授予机关、文号", columns=("title", "granted_by", "document_number", "source")
            ),
            ChoiceFilter("kind", "类别", choices=choices(HONOUR_KINDS), common=True),
            ChoiceFilter("level", "级别", choices=choices(HONOUR_LEVELS), common=True),
            DateFilter("granted", "授予", column="granted_on", common=True),
            UnitFilter("unit", "获得单位", merged=False),
            TextFilter("title", "名称", columns=("title",)),
        ),
        order="-granted_on",
        sections=(
            DetailSection(
                "荣誉",
                (
                    Column("title", "名称"),
                    Column("times", "第几次", value=times),
                    Column("kind", "类别", dictionary=HONOUR_KINDS),
                    Column("level", "级别", dictionary=HONOUR_LEVELS),
                    Column("unit", "获得单位", value="unit.name"),
                    Column("granted_by", "授予机关"),
                    Column("granted_on", "授予日期"),
                    Column("document_number", "文号", kind=Kind.CODE),
                    Column("source", "来源"),
                    Column("basis", "“率先”依据"),
                    Column("note", "说明", kind=Kind.LONG),
                ),
                note="第几次由名称和授予日期得出，不手填。",
            ),
        ),
        head=("kind", "level", "granted_by", "granted_on"),
        form=HonourForm,
        add=services.honours.add,
        change=services.honours.change,
        void=services.honours.void,
        restore=services.honours.restore,
        attaches=True,
        icon="flame",
        empty="这里登记表彰、授牌、经验推广、批示和现场会：谁授予、什么级别、哪一天、哪个文件。",
    )
)
