"""Forms of records: days are picked, codes chosen from what is in force, units and people from those there are."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from anlu.kernel.core.clock import today
from anlu.kernel.core.dictionaries import choices
from anlu.kernel.people.models import Officer, Unit

DAY = {"type": "date"}


class ManyTicks(forms.CheckboxSelectMultiple):
    """Several of many, each with a box to tick, in a frame that scrolls: nobody has to hold a key."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "ticks--many"} | (attrs or {}))


class RecordForm(forms.ModelForm):  # type: ignore[type-arg]
    """
    A form of a record.

    ``codes`` names the dictionary of each code field: offered is what is in force today, and what the record
    holds already even if it is not any more. ``groups`` puts fields under headings.
    """

    wants_viewer = True
    codes: ClassVar[dict[str, str]] = {}
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __init__(self, *args: Any, viewer: Officer | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.viewer = viewer
        for name, field in list(self.fields.items()):
            if isinstance(field, forms.DateField):
                field.widget = forms.DateInput(attrs=DAY, format="%Y-%m-%d")
            elif name in self.codes:
                self.fields[name] = self._coded(name, field)
        offered: dict[str, Any] = {
            "unit": Unit.objects.live().filter(valid_to__isnull=True).order_by("sort_key", "code"),
            "officer": Officer.objects.filter(is_active=True, voided_at__isnull=True).order_by("sort_key"),
            "owner": Officer.objects.filter(is_active=True, voided_at__isnull=True).order_by("sort_key"),
        }
        for name, rows in offered.items():
            if name in self.fields:
                self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def _coded(self, name: str, old: forms.Field) -> forms.ChoiceField:
        list_ = self.codes[name]
        offered = list(choices(list_, on=today)())
        held = getattr(self.instance, name, "") or ""
        if held and held not in dict(offered):
            offered.append((held, dict(choices(list_)()).get(held, held)))
        blank = [] if old.required else [("", "—")]
        return forms.ChoiceField(
            label=old.label, choices=blank + offered, required=old.required, help_text=old.help_text
        )
