"""系统 › 公文模板: the rules of issuing as ledgers: offices, legal bases, combinations, who signs, what kinds need."""

from __future__ import annotations

from typing import Any

from django import forms

from anlu.kernel.core.filters import ChoiceFilter, Filter, TextFilter
from anlu.kernel.documents import define
from anlu.kernel.documents import permissions as may
from anlu.kernel.documents.define import ADDRESSEES
from anlu.kernel.documents.library import Register
from anlu.kernel.documents.models import Combination, KindRule, LegalBasis, Letterhead, SigningRule
from anlu.kernel.documents.models.rules import Dated
from anlu.kernel.people.models import Role, Unit, UnitKind
from anlu.web.desk.documents.phrases import CHECKED, DAY, checked_field, in_order, unchecked_in
from anlu.web.desk.documents.templates import CHAPTER, ITEM, kind_label
from anlu.web.ledgers import Column, Kind, Ledger, ledgers

DATES = (Column("valid_from", "起", sort="valid_from"), Column("valid_to", "止", sort="valid_to"))
SOURCE = Column("source", "出处")


class DatedForm(forms.ModelForm):  # type: ignore[type-arg]
    """A rule between two days."""

    valid_from = forms.DateField(label="起", required=False, **DAY)  # type: ignore[arg-type]
    valid_to = forms.DateField(label="止", required=False, **DAY)  # type: ignore[arg-type]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, field in list(self.fields.items()):
            if name == "unit":
                field.queryset = Unit.objects.live()  # type: ignore[attr-defined]
            elif name == "kind":
                self.fields[name] = _choice("文书", define.choices(), field.required)
            elif name == "role":
                roles = list(Role.objects.values_list("code", "label"))
                self.fields[name] = _choice("角色", roles, field.required)
            elif name == "basis":
                bases = [(one.code, str(one)) for one in LegalBasis.objects.live()]
                self.fields[name] = _choice("法律依据", bases, field.required)
            elif name == "replaced_by":
                field.queryset = LegalBasis.objects.live().exclude(pk=self.instance.pk)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        in_order(self)
        return given


def _choice(label: str, choices: list[tuple[str, str]], required: bool) -> forms.ChoiceField:
    first = ("", "请选择" if required else "不限")
    return forms.ChoiceField(label=label, choices=[first, *choices], required=required)


def _ledger(
    code: str,
    label: str,
    rank: int,
    model: type[Dated],
    columns: tuple[Column, ...],
    filters: tuple[Filter, ...],
    fields: tuple[str, ...],
    *,
    unit: str = "条",
    checked: bool = True,
    empty: str = "",
) -> Ledger:
    """One of the registers of rules; what can be ``checked`` says whether it was compared with the text in force."""
    more = {"checked_on": checked_field()} if checked else {}
    meta = type("Meta", (), {"model": model, "fields": (*fields, "valid_from", "valid_to", *more)})
    form = type(f"{model.__name__}Form", (DatedForm,), {"Meta": meta, **more})
    register = Register(model, may.RULE_CHANGE)
    return ledgers.add(
        Ledger(
            code=f"documents.{code}",
            path=f"system/documents/{code}",
            label=label,
            noun=label,
            unit=unit,
            chapter=CHAPTER,
            item=ITEM,
            rank=rank,
            model=model,
            columns=(*columns, *((CHECKED,) if checked else ()), *DATES),
            filters=(*filters, *((unchecked_in(model),) if checked else ())),
            order=columns[0].name,
            form=form,
            add=register.add,
            change=register.change,
            void=register.void,
            restore=register.restore,
            permissions={
                "view": may.RULE_VIEW,
                "add": may.RULE_CHANGE,
                "change": may.RULE_CHANGE,
                "void": may.RULE_CHANGE,
                "export": may.RULE_VIEW,
            },
            icon="list-check",
            empty=empty,
        )
    )


def _kind_of(one: Any) -> str:
    return kind_label(one.kind) if one.kind else "全部文书"


def _roles() -> dict[str, str]:
    return dict(Role.objects.values_list("code", "label"))


KIND = Column("kind", "文书", value=_kind_of, sort="kind")
BY_KIND = ChoiceFilter("kind", "文书", choices=define.choices, common=True)
BY_ISSUER = ChoiceFilter("issuer", "发文主体", choices=lambda: UnitKind.choices, common=True)

LETTERHEADS = _ledger(
    "letterhead", "发文机关", 20, Letterhead,
    (Column("name", "发文机关标志", sort="name"), Column("unit", "单位", value="unit.name"),
     Column("mark", "机关代字", kind=Kind.CODE, sort="mark"), Column("signature", "署名")),
    (TextFilter("q", "机关、代字", columns=("name", "mark")),),
    ("unit", "name", "signature", "mark"),
    unit="个", checked=False, empty="登记发文机关的标志、署名和机关代字；没有登记的单位不能编号。",
)  # fmt: skip

BASES = _ledger(
    "basis", "法律依据", 30, LegalBasis,
    (Column("law", "法律法规", sort="law"), Column("article", "条款", sort="article"), Column("point", "要点"),
     Column("code", "代码", kind=Kind.CODE, sort="code"), SOURCE),
    (TextFilter("q", "法律法规、条款、要点", columns=("law", "article", "point", "code")),),
    ("code", "law", "article", "point", "source", "replaced_by"),
    empty="登记公文可以引用的条款；修订后填止日，另登记新的条款。",
)  # fmt: skip

COMBINATIONS = _ledger(
    "combination", "发文组合", 40, Combination,
    (KIND, Column("issuer", "发文主体", sort="issuer"), Column("addressee", "对象", sort="addressee"),
     Column("basis", "法律依据", kind=Kind.CODE), SOURCE),
    (BY_KIND, BY_ISSUER,
     ChoiceFilter("to", "对象", column="addressee",
                  choices=lambda: [(one.value, label) for one, label in ADDRESSEES.items() if one.value])),
    ("kind", "issuer", "addressee", "basis", "source"),
    empty="谁能以什么依据向谁发什么文书；不在表中的组合不给文号。",
)  # fmt: skip

SIGNING = _ledger(
    "signing", "签发权限", 50, SigningRule,
    (Column("role", "角色", kind=Kind.CODE, sort="role"), Column("issuer", "发文主体", sort="issuer"),
     Column("unit", "发文单位", value="unit.name"), KIND, Column("amount_up_to", "金额上限", kind=Kind.MONEY), SOURCE),
    (ChoiceFilter("role", "角色", choices=lambda: list(_roles().items()), common=True), BY_KIND, BY_ISSUER),
    ("role", "issuer", "unit", "kind", "amount_up_to", "source"),
    empty="哪个角色可以签发哪个单位的哪些文书，金额到多少；辅警不能签发。",
)  # fmt: skip

REQUIREMENTS = _ledger(
    "requirement", "文书要求", 60, KindRule,
    (KIND, Column("reply_days", "回复期限（工作日）", sort="reply_days"), Column("delivery", "须送达回证"),
     Column("retention_years", "保管年限", sort="retention_years"), SOURCE),
    (BY_KIND,),
    ("kind", "reply_days", "delivery", "retention_years", "source"),
    empty="每种文书的回复期限、是否须送达回证、保管年限。",
)  # fmt: skip
