"""综合治理 › 督办约谈挂牌 › 督办层级: who reminds, urges and summons whom, and after how many working days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms

from anlu.kernel.cases.ladder import change_rung
from anlu.kernel.cases.models import Rung
from anlu.kernel.cases.permissions import RUNG_CHANGE, RUNG_VIEW
from anlu.kernel.core.dictionaries import confidence_words
from anlu.kernel.core.scope import Viewer
from anlu.kernel.documents.define import kinds as document_kinds
from anlu.web.desk.cases.forms import day_field
from anlu.web.ledgers import Column, Kind, Ledger, ledgers


def paper_choices() -> list[tuple[str, str]]:
    """Kinds of document that go to somebody."""
    return [(one.code, one.label) for one in document_kinds if one.addressed]


def paper_label(rung: Rung) -> str:
    """What the document is called."""
    return document_kinds.get(rung.document).label if rung.document in document_kinds else rung.document


class RungForm(forms.ModelForm):  # type: ignore[type-arg]
    """What may differ from place to place."""

    document = forms.ChoiceField(
        label="文书", required=False, choices=lambda: [("", "不拟文书"), *paper_choices()]
    )
    valid_from = day_field("启用")
    valid_to = day_field("停用")

    class Meta:
        model = Rung
        fields = (
            "label",
            "working_days",
            "after_signing",
            "act",
            "issuer",
            "addressee",
            "document",
            "limit_days",
            "signed",
            "optional",
            "valid_from",
            "valid_to",
            "source",
        )
        help_texts = {
            "working_days": "负数为期限前；勾选“自上一级签发起算”的，从上一级签发当天起算",
            "optional": "没有单位可以向牵头单位发这种文书，或者已经发过的，越过这一级；上面各级不等它签发",
        }


def _change(uid: UUID, values: Mapping[str, Any], *, version: int, by: Viewer) -> Rung:
    return change_rung(uid, values, version=version, by=by)


RUNGS = ledgers.add(
    Ledger(
        code="cases.rung",
        path="cases/rungs",
        label="督办层级",
        noun="督办层级",
        unit="级",
        chapter="综合治理",
        item="督办约谈挂牌",
        rank=80,
        model=Rung,
        columns=(
            Column("label", "名称"),
            Column("order", "顺序", kind=Kind.NUMBER, sort="order"),
            Column("working_days", "工作日", kind=Kind.NUMBER),
            Column("after_signing", "自上一级签发起算"),
            Column("act", "自动动作"),
            Column("issuer", "主体"),
            Column("addressee", "对象"),
            Column("document", "文书", value=paper_label),
            Column("limit_days", "文书限期(工作日)", kind=Kind.NUMBER),
            Column("signed", "须签发"),
            Column("optional", "可发才拟、不等签发", listed=False),
            Column("source", "依据", kind=Kind.LONG),
            Column("confidence", "依据等级", value=confidence_words),
            Column("valid_from", "启用", listed=False),
            Column("valid_to", "停用", listed=False),
        ),
        order="order",
        form=RungForm,
        change=_change,
        permissions={"view": RUNG_VIEW, "change": RUNG_CHANGE},
        exports=False,
        empty="这里是逾期事项的督办阶梯，初始化时建立。",
    )
)
