"""综合治理 › 督办约谈挂牌 › 公文保管: what is kept until when, what is due, what was destroyed by whom and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from anlu.kernel.core.clock import today
from anlu.kernel.core.filters import ChoiceFilter, DateFilter, FlagFilter, TextFilter
from anlu.kernel.core.scope import Viewer
from anlu.kernel.documents import define
from anlu.kernel.documents import permissions as may
from anlu.kernel.documents.models import Document
from anlu.web.desk.documents.keeping import COLOURS, state_of, years_of
from anlu.web.desk.documents.register import ISSUED, KIND, NUMBER, TITLE, UNIT
from anlu.web.desk.documents.steps import CHAPTER, CODE, ITEM
from anlu.web.ledgers import Column, Kind, Ledger, Preset, ledgers


def _issued(viewer: Viewer, permission: str) -> QuerySet[Document]:
    return Document.objects.visible_to(viewer, permission).filter(issued_on__isnull=False)


def _over() -> Mapping[str, Any]:
    """What was to be kept until yesterday at the longest: the day itself still counts."""
    return {"until_to": str(today() - timedelta(days=1)), "destroyed": "0"}


KEEPING = ledgers.add(
    Ledger(
        code="documents.retention",
        path="documents/retention",
        label="公文保管",
        noun="公文",
        unit="份",
        chapter=CHAPTER,
        item=ITEM,
        rank=62,
        model=Document,
        rows=_issued,
        columns=(
            TITLE,
            NUMBER,
            KIND,
            Column("keeping", "保管", value=state_of, kind=Kind.STATUS, colours=COLOURS),
            ISSUED,
            Column("retention_years", "年限", value=years_of, sort="retention_years"),
            Column("keep_until", "保管到", sort="keep_until"),
            UNIT,
            Column("disposal_why", "鉴定意见"),
            Column("disposal_by_name", "提请人"),
            Column("destroyed_on", "销毁日期", sort="destroyed_on"),
            Column("destroyed_by_name", "批准"),
            Column("destroyed_how", "销毁记录"),
        ),
        filters=(
            TextFilter("q", "文号、标题", columns=("number", "title")),
            ChoiceFilter("kind", "种类", choices=define.choices, common=True),
            DateFilter("until", "保管到", column="keep_until", common=True),
            FlagFilter("asked", "待批准销毁", yes=Q(disposal_by__isnull=False, destroyed_on__isnull=True)),
            FlagFilter("destroyed", "已销毁", yes=Q(destroyed_on__isnull=False)),
        ),
        presets=(
            Preset("到期", _over),
            Preset("待批准销毁", lambda: {"asked": "1"}),
            Preset("已销毁", lambda: {"destroyed": "1"}),
        ),
        order="keep_until",
        opens=lambda document: reverse(f"{CODE}.detail", args=[document.uid]),
        has_detail=False,
        permissions={"view": may.VIEW, "export": may.EXPORT},
        icon="file-text",
        empty="印发的公文按「文书要求」中的保管年限列在这里；到期的由一人鉴定、另一人批准销毁，登记和摘要保留。",
    )
)
