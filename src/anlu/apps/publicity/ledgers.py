"""栏目与稿件: pieces, columns and series."""

from __future__ import annotations

from anlu.apps.publicity import services
from anlu.apps.publicity.forms import ColumnForm, PieceForm, SeriesForm
from anlu.apps.publicity.models import Column as ColumnOfSeries
from anlu.apps.publicity.models import Piece, Series
from anlu.apps.publicity.terms import CHANNELS
from anlu.kernel.activities.terms import OFFICE
from anlu.kernel.core.dictionaries import choices
from anlu.kernel.core.filters import ChoiceFilter, DateFilter, TextFilter
from anlu.kernel.people.filters import UnitFilter
from anlu.web.ledgers import Column, Kind, Ledger, Personal, RelatedRows, ledgers

CHAPTER, ITEM = "宣传教育", "栏目与稿件"

PIECES = ledgers.add(
    Ledger(
        code="publicity.piece",
        path="publicity/pieces",
        label="稿件",
        noun="稿件",
        unit="篇",
        chapter=CHAPTER,
        item=ITEM,
        rank=10,
        model=Piece,
        columns=(
            Column("title", "标题", sort="title"),
            Column("series", "系列", value="column.series.name"),
            Column("column", "板块", value="column.name", kind=Kind.TAG, sort="column__name"),
            Column("author", "作者姓名", personal=Personal.NAME),
            Column("unit", "作者单位", value="unit.name"),
            Column("published_on", "发布日期", sort="published_on"),
            Column("link", "链接", listed=False),
        ),
        filters=(
            TextFilter("q", "标题、板块、系列", columns=("title", "column__name", "column__series__name")),
            ChoiceFilter("office", "作者职务", column="column__office", choices=choices(OFFICE), common=True),
            DateFilter("published", "发布", column="published_on", common=True),
            UnitFilter("unit", "作者单位", merged=False, common=True),
        ),
        order="-published_on",
        form=PieceForm,
        add=services.pieces.add,
        change=services.pieces.change,
        void=services.pieces.void,
        restore=services.pieces.restore,
        icon="file-text",
        empty="这里登记各栏目发布的稿件。限定作者身份的板块，会核对作者发布当天的职务。",
    )
)

COLUMNS = ledgers.add(
    Ledger(
        code="publicity.column",
        path="publicity/columns",
        label="栏目板块",
        noun="栏目板块",
        unit="个",
        chapter=CHAPTER,
        item=ITEM,
        rank=20,
        model=ColumnOfSeries,
        columns=(
            Column("name", "板块", sort="name"),
            Column("series", "系列", value="series.name", sort="series__name"),
            Column("office", "作者职务", dictionary=OFFICE),
            Column("place", "次序", kind=Kind.NUMBER, sort="place"),
            Column("started_on", "开设", sort="started_on"),
            Column("ended_on", "停办", sort="ended_on"),
            Column("unit", "主办单位", value="unit.name"),
        ),
        filters=(
            TextFilter("q", "板块、系列", columns=("name", "series__name")),
            ChoiceFilter("office", "作者职务", choices=choices(OFFICE), common=True),
            DateFilter("started", "开设", column="started_on", common=True),
            UnitFilter("unit", "主办单位", merged=False),
        ),
        order="name",
        related=(
            RelatedRows(
                "piece",
                "稿件",
                Piece,
                through="column",
                columns=(
                    Column("title", "标题"),
                    Column("author", "作者姓名", personal=Personal.NAME),
                    Column("published_on", "发布日期"),
                ),
                order=("-published_on", "-pk"),
                empty="还没有稿件",
            ),
        ),
        form=ColumnForm,
        add=services.columns.add,
        change=services.columns.change,
        void=services.columns.void,
        restore=services.columns.restore,
        icon="file-text",
        empty="这里登记系列下的板块，如书记说、支委说、党员说、青年说。",
    )
)

SERIES = ledgers.add(
    Ledger(
        code="publicity.series",
        path="publicity/series",
        label="系列",
        noun="系列",
        unit="个",
        chapter=CHAPTER,
        item=ITEM,
        rank=30,
        model=Series,
        columns=(
            Column("name", "系列", sort="name"),
            Column("channel", "渠道", dictionary=CHANNELS, sort="channel"),
            Column("unit", "主办单位", value="unit.name"),
            Column("started_on", "开设", sort="started_on"),
            Column("ended_on", "停办", sort="ended_on"),
            Column("note", "说明", listed=False),
        ),
        filters=(
            TextFilter("q", "系列", columns=("name", "note")),
            ChoiceFilter("channel", "渠道", choices=choices(CHANNELS), common=True),
            DateFilter("started", "开设", column="started_on", common=True),
            UnitFilter("unit", "主办单位"),
        ),
        order="-started_on",
        related=(
            RelatedRows(
                "column",
                "板块",
                ColumnOfSeries,
                through="series",
                columns=(
                    Column("name", "板块"),
                    Column("office", "作者职务", dictionary=OFFICE),
                    Column("started_on", "开设"),
                    Column("ended_on", "停办"),
                ),
                order=("place", "pk"),
                empty="还没有板块",
            ),
        ),
        form=SeriesForm,
        add=services.series.add,
        change=services.series.change,
        void=services.series.void,
        restore=services.series.restore,
        icon="speakerphone",
        empty="这里登记公众号等渠道的系列，每个系列下设板块。",
    )
)
