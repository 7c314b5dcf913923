"""Forms of series, columns and pieces."""

from __future__ import annotations

from typing import Any, ClassVar

from anlu.apps.publicity.models import Column, Piece, Series
from anlu.apps.publicity.terms import CHANNELS
from anlu.kernel.activities.terms import OFFICE
from anlu.web.forms import RecordForm


class SeriesForm(RecordForm):
    """A series."""

    codes = {"channel": CHANNELS}

    class Meta:
        model = Series
        fields = ("name", "channel", "unit", "started_on", "ended_on", "note")


class ColumnForm(RecordForm):
    """A column."""

    codes = {"office": OFFICE}

    class Meta:
        model = Column
        fields = ("series", "name", "office", "place", "started_on", "ended_on", "unit")
        help_texts: ClassVar[dict[str, str]] = {
            "office": "限定作者身份的填写；发布当天作者须担任这一职务",
            "unit": "不填则为系列的主办单位",
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["series"].queryset = Series.objects.live()  # type: ignore[attr-defined]


class PieceForm(RecordForm):
    """A piece."""

    class Meta:
        model = Piece
        fields = ("column", "title", "officer", "author", "unit", "published_on", "link")
        help_texts: ClassVar[dict[str, str]] = {"author": "选择了作者的不必填写"}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["column"].queryset = Column.objects.live().select_related("series")  # type: ignore[attr-defined]
