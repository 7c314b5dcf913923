"""督查通报: the bulletins of the brigade. They are documents; here they stand with what became of their findings."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.urls import NoReverseMatch, reverse

from anlu.apps.inspections.models import Told
from anlu.kernel.cases.models import Outcome
from anlu.kernel.core.filters import ChoiceFilter, DateFilter, TextFilter
from anlu.kernel.documents.models import Document, State
from anlu.kernel.documents.models.documents import STATE_COLOURS
from anlu.web.ledgers import Column, Kind, Ledger, ledgers

KIND = "inspection_bulletin"


def page_of(document: Any) -> str:
    """The page of the document; where there is none, the list."""
    try:
        return reverse("documents.document.detail", args=[document.uid])
    except NoReverseMatch:
        return reverse("inspections.bulletin")


def findings_told(documents: Any) -> dict[int, str]:
    """``3/3`` for each of these bulletins that tells of findings: put right, of those that it tells of."""
    told = Told.objects.filter(document__in=documents.values("pk"), case__voided_at__isnull=True)
    rows = told.exclude(case__outcome=Outcome.DROPPED).values("document").annotate(
        whole=Count("pk"), right=Count("pk", filter=Q(case__outcome=Outcome.RESOLVED))
    )  # fmt: skip
    return {row["document"]: f"{row['right']}/{row['whole']}" for row in rows}


BULLETINS = ledgers.add(
    Ledger(
        code="inspections.bulletin",
        path="inspections/bulletins",
        label="督查通报",
        noun="督查通报",
        unit="期",
        chapter="队伍建设",
        item="督查通报",
        rank=10,
        model=Document,
        only=Q(kind=KIND),
        columns=(
            Column("number", "期号", kind=Kind.CODE, sort="number_serial"),
            Column("title", "标题"),
            Column("state", "状态", kind=Kind.STATUS, colours=STATE_COLOURS, sort="state"),
            Column("issued_on", "印发日期", sort="issued_on"),
            Column("drafted_by_name", "拟稿人"),
            Column("signed_by_name", "签发人"),
        ),
        filters=(
            TextFilter("q", "期号、标题", columns=("number", "title")),
            ChoiceFilter("state", "状态", choices=lambda: State.choices, common=True),
            DateFilter("issued", "印发", column="issued_on", common=True),
        ),
        order="-issued_on",
        has_detail=False,
        opens=page_of,
        icon="file-text",
        exports=False,
        empty="督查记录里的问题可以一键起草成督查通报：「第n期」在印发时编号，连续不断。",
    )
)
