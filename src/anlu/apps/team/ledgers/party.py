"""党组织与人员: the bodies of the party tree and the offices in them."""

from __future__ import annotations

from anlu.apps.team import services
from anlu.apps.team.forms import BodyForm, OfficeForm
from anlu.apps.team.models import BodyKind, PartyBody, PartyOffice
from anlu.kernel.activities.terms import OFFICE
from anlu.kernel.core.dictionaries import choices
from anlu.kernel.core.filters import ChoiceFilter, DateFilter, TextFilter
from anlu.kernel.people.filters import UnitFilter
from anlu.web.ledgers import Column, DetailSection, Kind, Ledger, Personal, RelatedRows, ledgers

CHAPTER, ITEM = "队伍建设", "党组织与人员"

OFFICES_OF_BODY = RelatedRows(
    "office",
    "职务",
    PartyOffice,
    through="body",
    columns=(
        Column("office", "职务", dictionary=OFFICE),
        Column("name", "姓名", personal=Personal.NAME),
        Column("valid_from", "起"),
        Column("valid_to", "止"),
    ),
    order=("office", "-valid_from"),
    empty="还没有登记职务",
)
BODIES_BELOW = RelatedRows(
    "below",
    "下级党组织",
    PartyBody,
    through="parent",
    columns=(Column("name", "名称"), Column("kind", "层级"), Column("unit", "所在单位", value="unit.name")),
    order=("sort_key", "pk"),
    empty="没有下级党组织",
)

BODIES = ledgers.add(
    Ledger(
        code="team.body",
        path="team/bodies",
        label="党组织",
        noun="党组织",
        unit="个",
        chapter=CHAPTER,
        item=ITEM,
        rank=20,
        model=PartyBody,
        columns=(
            Column("name", "名称", sort="sort_key"),
            Column("code", "代码", kind=Kind.CODE, sort="code"),
            Column("kind", "层级", kind=Kind.TAG, sort="kind"),
            Column("parent", "上级", value="parent.name"),
            Column("unit", "所在单位", value="unit.name", sort="unit__sort_key"),
            Column("valid_from", "成立", sort="valid_from"),
            Column("valid_to", "撤销", sort="valid_to"),
        ),
        filters=(
            TextFilter("q", "名称、代码", columns=("name", "code")),
            ChoiceFilter("kind", "层级", choices=lambda: BodyKind.choices, common=True),
            UnitFilter("unit", "所在单位", common=True),
        ),
        order="name",
        related=(OFFICES_OF_BODY, BODIES_BELOW),
        head=("kind", "parent", "unit"),
        form=BodyForm,
        add=services.bodies.add,
        change=services.bodies.change,
        void=services.bodies.void,
        restore=services.bodies.restore,
        icon="building-community",
        empty="这里登记党总支、党支部、党小组。撤销的填写撤销日期，以往的活动仍归它们。",
    )
)

OFFICES = ledgers.add(
    Ledger(
        code="team.office",
        path="team/offices",
        label="党内职务",
        noun="党内职务",
        unit="项",
        chapter=CHAPTER,
        item=ITEM,
        rank=30,
        model=PartyOffice,
        columns=(
            Column("body", "党组织", value="body.name", sort="body__sort_key"),
            Column("office", "职务", dictionary=OFFICE, sort="office"),
            Column("name", "姓名", personal=Personal.NAME),
            Column("valid_from", "起", sort="valid_from"),
            Column("valid_to", "止", sort="valid_to"),
        ),
        filters=(
            TextFilter("q", "党组织", columns=("body__name",)),
            ChoiceFilter("office", "职务", choices=choices(OFFICE), common=True),
            DateFilter("from", "任职", column="valid_from", common=True),
        ),
        order="body",
        sections=(
            DetailSection(
                "任职",
                (
                    Column("body", "党组织", value="body.name"),
                    Column("office", "职务", dictionary=OFFICE),
                    Column("name", "姓名", personal=Personal.NAME),
                    Column("valid_from", "起"),
                    Column("valid_to", "止"),
                ),
                note="只登记讲课、署名所用的职务；不建党员名册、党费和民主评议。",
            ),
        ),
        form=OfficeForm,
        add=services.offices.add,
        change=services.offices.change,
        void=services.offices.void,
        restore=services.offices.restore,
        icon="user",
        empty="这里登记各党组织的书记、支委等职务和任职起止，用来算谁讲了党课、栏目由谁署名。",
    )
)
