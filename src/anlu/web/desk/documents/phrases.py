"""系统 › 规范表述库: proper wording with its source and its days, and what replaced it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from anlu.kernel.core.clock import today
from anlu.kernel.core.filters import DateFilter, FlagFilter, TextFilter
from anlu.kernel.documents import permissions as may
from anlu.kernel.documents.library import Register
from anlu.kernel.documents.models import Phrase
from anlu.kernel.documents.models.rules import Dated
from anlu.web.ledgers import Column, DetailSection, Kind, Ledger, ledgers

DAY = {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}


CHECK_COLOURS = {"待核": "amber", "本地登记": "grey"}


def check_of(one: Any) -> str:
    """待核 for what nobody has compared with the text in force, else the day of the comparison."""
    if one.unchecked:
        return "待核"
    return f"已核 {one.checked_on}" if one.checked_on else "本地登记"


CHECKED = Column("checked", "核对", value=check_of, kind=Kind.STATUS, colours=CHECK_COLOURS)


def unchecked_in(model: type[Dated]) -> FlagFilter:
    """The filter of what nobody has compared with the text in force."""
    return FlagFilter("unchecked", "待核", yes=model.unchecked_rows)


def checked_field() -> forms.DateField:
    """The day on which somebody compared it with the text in force."""
    return forms.DateField(
        label="核对日期", required=False, help_text="与现行文本核对过的日期；不填显示「待核」", **DAY
    )


def in_order(form: Any) -> None:
    """Refuse an end before the beginning, and a check on a day to come."""
    checked = form.cleaned_data.get("checked_on")
    if checked and checked > today():
        raise ValidationError({"checked_on": f"核对日期 {checked} 晚于今天"})
    begun, ended = form.cleaned_data.get("valid_from"), form.cleaned_data.get("valid_to")
    if begun and ended and ended < begun:
        raise ValidationError({"valid_to": f"止 {ended} 早于起 {begun}"})


class PhraseForm(forms.ModelForm):  # type: ignore[type-arg]
    """An entry."""

    groups = (
        ("表述", ("code", "text", "topic", "wrong_forms")),
        ("来源", ("source_document", "checked_on", "valid_from", "valid_to", "replaced_by")),
    )
    wrong_forms = forms.CharField(
        label="常见误写",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="一行一个；公文中出现时提示",
    )
    valid_from = forms.DateField(label="起", required=False, **DAY)  # type: ignore[arg-type]
    valid_to = forms.DateField(label="止", required=False, **DAY)  # type: ignore[arg-type]
    checked_on = checked_field()

    class Meta:
        model = Phrase
        fields = (
            "code",
            "text",
            "topic",
            "source_document",
            "checked_on",
            "valid_from",
            "valid_to",
            "replaced_by",
            "wrong_forms",
        )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen: Any = self.fields["replaced_by"]
        chosen.queryset = Phrase.objects.live().exclude(pk=self.instance.pk)
        self.initial["wrong_forms"] = "\n".join(self.instance.wrong_forms or [])

    def clean_wrong_forms(self) -> list[str]:
        """One a line."""
        return [line.strip() for line in self.cleaned_data["wrong_forms"].splitlines() if line.strip()]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        in_order(self)
        return given


def _state(one: Phrase) -> str:
    if one.in_force(today()):
        return "现行"
    return "未启用" if one.valid_from and one.valid_from > today() else "已失效"


_REGISTER = Register(Phrase, may.PHRASE_CHANGE)

PHRASES = ledgers.add(
    Ledger(
        code="documents.phrase",
        path="system/phrases",
        label="规范表述库",
        noun="规范表述",
        unit="条",
        chapter="系统",
        model=Phrase,
        columns=(
            Column("text", "表述", sort="text"),
            Column(
                "state", "状态", value=_state, kind=Kind.STATUS, colours={"现行": "green", "已失效": "grey"}
            ),
            Column("topic", "类别", sort="topic"),
            Column("source_document", "来源文件"),
            CHECKED,
            Column("valid_from", "起", sort="valid_from"),
            Column("valid_to", "止", sort="valid_to"),
            Column("replaced_by", "现行表述", value="replaced_by.text"),
        ),
        filters=(
            TextFilter("q", "表述、来源文件", columns=("text", "source_document", "code")),
            FlagFilter("ended", "已失效", yes=Q(valid_to__isnull=False)),
            unchecked_in(Phrase),
            DateFilter("from", "启用", column="valid_from", common=True),
        ),
        order="text",
        sections=(
            DetailSection(
                "表述",
                (
                    Column("code", "代码", kind=Kind.CODE),
                    Column("text", "表述", kind=Kind.LONG),
                    Column("topic", "类别"),
                    Column("wrong_forms", "常见误写", value=lambda one: "、".join(one.wrong_forms)),
                    Column("source_document", "来源文件"),
                    CHECKED,
                    Column("valid_from", "起"),
                    Column("valid_to", "止"),
                    Column("replaced_by", "现行表述", value="replaced_by.text"),
                ),
                note="系统不生成政治性文字，只提供表述并提示过时和误写。",
            ),
        ),
        form=PhraseForm,
        add=_REGISTER.add,
        change=_REGISTER.change,
        void=_REGISTER.void,
        restore=_REGISTER.restore,
        permissions={"add": may.PHRASE_CHANGE, "void": may.PHRASE_CHANGE},
        icon="copy",
        empty="这里登记规范表述：来自哪份文件、何时起用、由什么替代。公文引用时记下版本，过时的会提示。",
    )
)
