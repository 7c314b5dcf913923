"""Forms of activities: the plan with (or without) what came of it, holding, cancelling."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from anlu.kernel.activities.models import Activity, ActivityState
from anlu.kernel.activities.permissions import VIEW
from anlu.kernel.activities.registry import ActivityKind, bearers_on, groups_in_order, kinds, kinds_of
from anlu.kernel.activities.terms import AUDIENCE, FORM, OFFICE
from anlu.kernel.core.clock import today
from anlu.kernel.core.dictionaries import choices
from anlu.kernel.people.models import Officer
from anlu.kernel.places.models import Area

FACT = "fact_"
COMMON = (
    *("title", "unit", "host", "planned_on", "begins", "ends", "place", "town", "audience", "form"),
    *("topic", "programme", "speaker", "speaker_office", "held_on", "due_count", "head_count", "outcome"),
)
HELD_FIELDS = ("held_on", "begins", "ends", "place", "due_count", "head_count", "outcome")


def _blank(list_: str, *, held: str = "") -> list[tuple[str, str]]:
    """What is in force today, what the record holds already, and nothing."""
    offered = list(choices(list_, on=today)()) if list_ else []
    if held and held not in dict(offered):
        offered.append((held, dict(choices(list_)()).get(held, held)))
    return [("", "—"), *offered]


def bearer_choices(chosen: Iterable[str] = (), viewer: Officer | None = None) -> list[Any]:
    """Everybody who can hold an activity today, by group, inside the person's scope; what is chosen stays offered."""
    known, kept = bearers_on(today()), set(chosen)
    scope = viewer.scope_for(VIEW) if viewer is not None else None
    found: list[Any] = []
    for group in groups_in_order():
        inside = [
            (key, one.name)
            for key, one in known.items()
            if one.group == group.code
            and (scope is None or scope.everything or one.unit_id in scope.units or key in kept)
        ]
        if inside:
            found.append((group.label, inside))
    return found


class ActivityForm(forms.ModelForm):  # type: ignore[type-arg]
    """
    An activity of one family. A subclass of this, made by ``form_for``, knows the family.

    Whoever writes down what was held already fills in the day it was held, and it counts as held.
    """

    families: ClassVar[tuple[str, ...]] = ()
    wants_viewer = True
    groups = (
        ("活动", ("kind", "title", "bearers", "host")),
        ("时间地点", ("planned_on", "begins", "ends", "place", "town")),
        ("内容", ("topic", "programme", "form", "audience", "speaker", "speaker_office")),
        ("开展情况", ("held_on", "due_count", "head_count", "outcome")),
    )
    bearers = forms.MultipleChoiceField(
        label="组织者",
        required=False,
        help_text="可多选;不选则为本单位",
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )

    class Meta:
        model = Activity
        fields = ("kind", *COMMON)
        widgets: ClassVar[dict[str, Any]] = {
            **{
                name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
                for name in ("planned_on", "held_on")
            },
            **{name: forms.TimeInput(attrs={"type": "time"}, format="%H:%M") for name in ("begins", "ends")},
        }
        help_texts: ClassVar[dict[str, str]] = {
            "held_on": "已经开展的填写开展日期;还在计划中的不填",
            "host": "由上级或外单位主办时填写",
            "head_count": "用签到名单的活动由名单得出",
            "town": "不填则为组织单位所在辖区",
        }

    def __init__(self, *args: Any, viewer: Officer | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kinds = kinds_of(*self.families)
        thing = self.instance
        self.fields["kind"] = forms.ChoiceField(
            label="类型", choices=[(one.code, one.label) for one in self.kinds], initial=thing.kind or None
        )
        if thing.pk or len(self.kinds) == 1:
            self.fields["kind"].disabled = True
            self.fields["kind"].initial = self.initial["kind"] = thing.kind or self.kinds[0].code
        self._choose(thing)
        held_by = self._bearers_of(thing)
        chosen: Any = self.fields["bearers"]
        chosen.choices = bearer_choices(held_by, viewer)
        chosen.initial = self.initial["bearers"] = held_by
        areas = Area.objects.live().filter(valid_to__isnull=True, children__isnull=True)
        self.fields["town"].queryset = areas.order_by("sort_key", "code")  # type: ignore[attr-defined]
        del self.fields["unit"]
        self.fields["planned_on"].required = False
        self._ask_facts(thing)

    def _choose(self, thing: Activity) -> None:
        lists = {
            "audience": AUDIENCE,
            "form": FORM,
            "speaker_office": OFFICE,
            "topic": next((one.topics for one in self.kinds if one.topics), ""),
            "programme": next((one.programmes for one in self.kinds if one.programmes), ""),
        }
        for name, list_ in lists.items():
            old = self.fields[name]
            offered = _blank(list_, held=getattr(thing, name) or "")
            if len(offered) == 1:
                del self.fields[name]
                continue
            self.fields[name] = forms.ChoiceField(label=old.label, choices=offered, required=False)
        if not any(one.speaker for one in self.kinds):
            for name in ("speaker", "speaker_office"):
                self.fields.pop(name, None)

    @staticmethod
    def _bearers_of(thing: Activity) -> list[str]:
        if not thing.pk:
            return []
        return [f"{one.group}:{one.bearer}" for one in thing.bearers.all()]

    def _ask_facts(self, thing: Activity) -> None:
        """Facts of the kind (of all kinds of the family, while it is not chosen yet)."""
        asked = [kinds.get(thing.kind)] if thing.pk and thing.kind in kinds else self.kinds
        names = []
        for one in dict.fromkeys(fact for kind in asked for fact in kind.facts):
            names.append(f"{FACT}{one.name}")
            self.fields[names[-1]] = forms.CharField(
                label=one.label,
                required=False,
                help_text=one.help,
                max_length=2_000,
                widget=forms.Textarea(attrs={"rows": 2}),
                initial=(thing.details or {}).get(one.name, ""),
            )
        if names:
            self.groups = (*self.groups[:3], ("专项内容", tuple(names)), *self.groups[3:])

    def clean(self) -> dict[str, Any]:
        """A held day makes it held; the plan is the same day where none was stated."""
        found = super().clean() or self.cleaned_data
        held, planned = found.get("held_on"), found.get("planned_on")
        if not held and not planned:
            self.add_error("planned_on", "请填写计划日期(已开展的填写开展日期)")
        found["planned_on"] = planned or held
        if held:
            found["state"] = ActivityState.HELD
        elif self.instance.pk and self.instance.state == ActivityState.HELD:
            self.add_error("held_on", "已登记开展,开展日期不能清空;登记有误的可以作废")
        if held and held > today():
            self.add_error("held_on", f"晚于今天({today()}),请先列入计划")
        facts = {name: found.pop(name) for name in list(found) if name.startswith(FACT)}
        if facts:
            stated = {name.removeprefix(FACT): value.strip() for name, value in facts.items()}
            found["details"] = (self.instance.details or {}) | {k: v for k, v in stated.items() if v}
        return found


def form_for(*families: str) -> type[ActivityForm]:
    """The form of a ledger of these families."""
    return type("ActivityForm", (ActivityForm,), {"families": families})


class HoldForm(forms.ModelForm):  # type: ignore[type-arg]
    """What came of a planned activity."""

    class Meta:
        model = Activity
        fields = HELD_FIELDS
        widgets = ActivityForm.Meta.widgets

    def __init__(self, *args: Any, kind: ActivityKind, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kind = kind
        self.fields["held_on"].required = True
        self.initial.setdefault("held_on", min(self.instance.planned_on, today()))
        self.initial["held_on"] = self.initial["held_on"] or min(self.instance.planned_on, today())
        if self.instance.sign_in:
            del self.fields["head_count"]
        if kind.speaker:
            self.fields["speaker"] = forms.CharField(
                label="主讲人", max_length=40, required=False, initial=self.instance.speaker
            )
            self.fields["speaker_office"] = forms.ChoiceField(
                label="主讲人职务",
                choices=_blank(OFFICE, held=self.instance.speaker_office),
                required=False,
                initial=self.instance.speaker_office,
            )
        for one in kind.facts:
            self.fields[f"{FACT}{one.name}"] = forms.CharField(
                label=one.label,
                required=False,
                max_length=2_000,
                widget=forms.Textarea(attrs={"rows": 2}),
                initial=(self.instance.details or {}).get(one.name, ""),
            )

    def clean_held_on(self) -> Any:
        """Not in the future."""
        given = self.cleaned_data["held_on"]
        if given and given > today():
            raise ValidationError(f"晚于今天({today()})")
        return given

    def clean(self) -> dict[str, Any]:
        """Facts of the kind stand together in one column."""
        found = super().clean() or self.cleaned_data
        facts = {name: found.pop(name) for name in list(found) if name.startswith(FACT)}
        if facts:
            stated = {name.removeprefix(FACT): value.strip() for name, value in facts.items()}
            found["details"] = (self.instance.details or {}) | {k: v for k, v in stated.items() if v}
        return found


class CancelForm(forms.Form):
    """Why it will not be held."""

    why = forms.CharField(label="取消原因", max_length=200, strip=True)
