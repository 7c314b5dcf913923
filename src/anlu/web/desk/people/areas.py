"""Areas as a register."""

from __future__ import annotations

from anlu.kernel.core.filters import ChoiceFilter, TextFilter
from anlu.kernel.places.models import Area, AreaKind
from anlu.web.desk.people.offered import CHAPTER, ITEM
from anlu.web.ledgers import Column, Kind, Ledger, ledgers

AREAS = ledgers.add(
    Ledger(
        code="places.area",
        path="system/areas",
        label="辖区",
        noun="辖区",
        unit="个",
        chapter=CHAPTER,
        item=ITEM,
        model=Area,
        columns=(
            Column("name", "名称", sort="sort_key"),
            Column("code", "代码", kind=Kind.CODE, sort="code"),
            Column("kind", "级别", sort="kind"),
            Column("parent", "上级", value="parent.name", sort="parent__sort_key"),
            Column("valid_from", "启用", sort="valid_from"),
            Column("valid_to", "撤销", sort="valid_to"),
        ),
        filters=(
            TextFilter("q", "名称、代码", columns=("name", "code", "sort_key")),
            ChoiceFilter("kind", "级别", choices=lambda: AreaKind.choices, common=True),
        ),
        order="code",
        head=("kind", "parent"),
        icon="map-pin",
        empty="这里是县、镇街和村居。",
    )
)
