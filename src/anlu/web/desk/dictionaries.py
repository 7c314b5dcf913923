"""系统 › 字典: the entries of all code lists; renamed, coloured, ordered and ended here, never deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet

from anlu.kernel.core import dictionaries
from anlu.kernel.core import permissions as may
from anlu.kernel.core.clock import today
from anlu.kernel.core.errors import ChangedMeanwhile, NotAllowed
from anlu.kernel.core.filters import ChoiceFilter, FlagFilter, TextFilter
from anlu.kernel.core.models import Term
from anlu.kernel.core.scope import Viewer
from anlu.web.ledgers import Column, DetailSection, Kind, Ledger, ledgers

COLOURS = (
    ("", "无"),
    ("red", "红"),
    ("amber", "橙"),
    ("green", "绿"),
    ("blue", "蓝"),
    ("grey", "灰"),
)


NAMES = "core.lists"  # the dictionary in which each app says what its lists are called


def _lists() -> list[tuple[str, str]]:
    """All lists with their names; one that nobody named stands under its code."""
    names = {term.code: dictionaries.shown(term) for term in dictionaries.terms(NAMES)}
    return [(name, names.get(name, name)) for name in dictionaries.lists()]


def _visible(viewer: Viewer, permission: str) -> QuerySet[Term]:
    """Dictionaries are the same for everybody who may see them."""
    return Term.objects.all() if viewer.may(permission) else Term.objects.none()


def _colour_word(term: Term) -> str:
    return dict(COLOURS).get(term.colour, "") if term.colour else ""


def _state(term: Term) -> str:
    return "在用" if dictionaries.in_force(term, today()) else "停用"


class TermForm(forms.ModelForm):  # type: ignore[type-arg]
    """An entry; list and code only when it is new."""

    list = forms.ChoiceField(label="字典")
    colour = forms.ChoiceField(label="颜色", choices=COLOURS, required=False)

    class Meta:
        model = Term
        fields = ("list", "code", "label", "label_en", "colour", "order", "source", "valid_from", "valid_to")
        help_texts = {
            "code": "存入记录的代码，以后不能改",
            "valid_to": "填写后从次日起不能再选；已有记录仍显示原名称",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["list"].choices = _lists()  # type: ignore[attr-defined]
        self.fields["order"].required = False
        if self.instance.colour and self.instance.colour not in dict(COLOURS):  # a colour of charts
            known = [*COLOURS, (self.instance.colour, self.instance.colour)]
            self.fields["colour"].choices = known  # type: ignore[attr-defined]
        for name in ("valid_from", "valid_to"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        if self.instance.pk:
            del self.fields["list"], self.fields["code"]

    def clean_order(self) -> int:
        """Entries without a place come first."""
        return self.cleaned_data["order"] or 0


def add_term(values: Mapping[str, Any], *, by: Viewer) -> Term:
    """Service behind the form for a new entry."""
    _require(by)
    facts = {name: value for name, value in values.items() if name not in ("list", "code", "label")}
    return dictionaries.add_term(values["list"], values["code"], values["label"], by=by, **facts)


def change_term(uid: UUID, values: Mapping[str, Any], *, version: int, by: Viewer) -> Term:
    """Service behind the form for a known entry."""
    _require(by)
    term = Term.objects.get(uid=uid)
    if version_of(term) != version:
        raise ChangedMeanwhile(f"「{term}」刚被他人修改")
    return dictionaries.change_term(term.list, term.code, by=by, **values)


def version_of(term: Term) -> int:
    """Entries have no counter; the moment of their last change, to the millisecond, does as well."""
    return int(term.changed_at.timestamp() * 1000) % 1_000_000_000


def _require(by: Viewer) -> None:
    if not by.may(may.TERM_CHANGE):
        raise NotAllowed("没有维护字典的权限")


TERMS = ledgers.add(
    Ledger(
        code="core.term",
        path="system/dictionaries",
        label="字典",
        noun="字典项",
        unit="项",
        chapter="系统",
        model=Term,
        rows=_visible,
        columns=(
            Column("label", "名称", sort="label"),
            Column("code", "代码", kind=Kind.CODE, sort="code"),
            Column("list", "字典", dictionary=NAMES, sort="list"),
            Column(
                "colour",
                "颜色",
                value=_colour_word,
                kind=Kind.STATUS,
                colours={label: code for code, label in COLOURS if code},
            ),
            Column("order", "次序", kind=Kind.NUMBER, sort="order"),
            Column(
                "state", "状态", value=_state, kind=Kind.STATUS, colours={"在用": "green", "停用": "grey"}
            ),
            Column("source", "依据"),
            Column("confidence", "把握", value=dictionaries.confidence_words),
            Column("label_en", "英文名称", listed=False),
            Column("valid_from", "启用", listed=False),
            Column("valid_to", "停用日期", listed=False),
        ),
        filters=(
            TextFilter("q", "名称、代码", columns=("label", "code", "label_en")),
            ChoiceFilter("list", "字典", choices=_lists, common=True),
            FlagFilter("edited", "本单位改过", yes=Q(edited=True)),
        ),
        order="list",
        head=("list", "code", "state"),
        sections=(
            DetailSection(
                "字典项",
                (
                    Column("label", "名称"),
                    Column("code", "代码"),
                    Column("label_en", "英文名称"),
                    Column("list", "字典", dictionary=NAMES),
                    Column("order", "次序"),
                    Column("source", "依据"),
                    Column("confidence", "把握", value=dictionaries.confidence_words),
                    Column("valid_from", "启用"),
                    Column("valid_to", "停用"),
                    Column("builtin", "内置"),
                ),
            ),
        ),
        form=TermForm,
        version_of=version_of,
        permissions={"add": may.TERM_CHANGE},
        add=add_term,
        change=change_term,
        icon="stack-2",
        empty="字典由 anlu init 随各应用建立。",
    )
)
