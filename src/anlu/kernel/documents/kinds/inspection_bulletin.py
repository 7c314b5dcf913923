"""督查通报: what an inspection found in the brigade's own units."""

from anlu.kernel.documents.define import DocumentKind, Field, FieldType, Layout, add_kind

INSPECTION_BULLETIN = add_kind(
    DocumentKind(
        code="inspection_bulletin",
        label="督查通报",
        layout=Layout.BULLETIN,
        word="督查通报",
        pattern="第{serial}期",
        drafted_by=("inspector",),
        checked_by=("office_clerk", "commissar"),
        signed_by=("commissar", "chief"),
        order=110,
        fields=(
            Field("span", "督查时段", required=True, help="如：6月26日至30日"),
            Field("scope", "督查内容", required=True),
            Field("good", "总体情况", FieldType.LONG, source="summary"),
            Field(
                "findings",
                "发现问题",
                FieldType.ROWS,
                columns=(
                    ("unit", "单位"),
                    ("category", "类别"),
                    ("fact", "问题"),
                    ("measure", "整改要求"),
                    ("due", "期限"),
                ),
                source="findings",
            ),
            Field("finding_count", "问题数", FieldType.FIGURE, counts="findings", unit="个"),
            Field("demands", "工作要求", FieldType.LONG, required=True),
        ),
        wording="""\
关于{{ 督查时段 }}督查情况的通报
{{ 督查时段 }}，督查室对{{ 督查内容 }}进行了督查。现将有关情况通报如下：
一、总体情况
{% if 总体情况 %}{{ 总体情况 }}{% else %}各单位总体较好，未发现突出问题。{% endif %}
{% if 发现问题 %}二、发现的问题
本次督查共发现问题{{ 问题数 }}：
{{ 表(发现问题) }}
三、工作要求
{{ 工作要求 }}{% else %}二、工作要求
{{ 工作要求 }}{% endif %}
""",
    )
)
