"""曝光通报: an issue of what is made public; items carry no names in full."""

from anlu.kernel.documents.define import DocumentKind, Field, FieldType, Layout, add_kind

EXPOSURE_BULLETIN = add_kind(
    DocumentKind(
        code="exposure_bulletin",
        label="曝光通报",
        layout=Layout.BULLETIN,
        word="曝光通报",
        pattern="第{serial}期",
        drafted_by=("publicity_officer",),
        checked_by=("legal_officer",),
        signed_by=("deputy", "chief"),
        order=120,
        help="出刊前由法制员核对：决定已生效、有公开依据、有截止日期，姓名只留姓氏。",
        fields=(
            Field("topic", "曝光主题", required=True),
            Field("lead", "导语", FieldType.LONG, required=True),
            Field(
                "items",
                "曝光内容",
                FieldType.ROWS,
                required=True,
                columns=(("what", "内容"), ("law", "依据"), ("result", "处理结果")),
                source="items",
            ),
            Field("item_count", "曝光件数", FieldType.FIGURE, counts="items", unit="件"),
            Field("until", "公开截止日期", FieldType.DATE, required=True),
            Field("objection", "异议联系方式", required=True),
        ),
        wording="""\
{{ 曝光主题 }}曝光通报
{{ 导语 }}
本期曝光{{ 曝光件数 }}，公开至{{ 公开截止日期 }}：
{{ 表(曝光内容) }}
对曝光内容有异议的，请联系：{{ 异议联系方式 }}。经核实有误的，三日内撤下更正。
""",
    )
)
