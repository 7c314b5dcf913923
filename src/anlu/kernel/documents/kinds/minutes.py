"""调度会纪要: what a dispatch meeting decided, with owners and dates."""

from anlu.kernel.documents.define import DocumentKind, Field, FieldType, Layout, add_kind

MINUTES = add_kind(
    DocumentKind(
        code="minutes",
        label="调度会纪要",
        layout=Layout.MINUTES,
        word="纪要",
        pattern="{word}〔{year}〕{serial}期",
        drafted_by=("office_clerk", "committee_liaison", "duty_officer"),
        checked_by=("office_clerk",),
        signed_by=("chief", "deputy"),
        retention_years=30,
        addressed=False,
        order=130,
        fields=(
            Field("held_on", "会议日期", FieldType.DATE, required=True, source="held_on"),
            Field("place", "会议地点", required=True, source="place"),
            Field("chair", "主持人", required=True, help="写职务", source="chair"),
            Field("present", "出席", FieldType.LONG, required=True, source="present"),
            Field("absent", "请假", source="absent"),
            Field("observing", "列席", source="observing"),
            Field("summary", "会议听取", FieldType.LONG, source="summary"),
            Field(
                "matters",
                "议定事项",
                FieldType.ROWS,
                required=True,
                columns=(("matter", "事项"), ("owner", "责任单位"), ("due", "完成时限")),
                source="matters",
            ),
            Field("matter_count", "事项数", FieldType.FIGURE, counts="matters", unit="项"),
        ),
        wording="""\
道路交通安全工作调度会纪要
{{ 会议日期 }}，{{ 主持人 }}在{{ 会议地点 }}主持召开道路交通安全工作调度会。{% if 会议听取 %}{{ 会议听取 }}{% endif %}
会议议定事项{{ 事项数 }}：
{{ 表(议定事项) }}
会议要求，各责任单位按时限落实，完成情况报办公室汇总。
{{ 名单("出席", 出席) }}
{% if 请假 %}{{ 名单("请假", 请假) }}{% endif %}
{% if 列席 %}{{ 名单("列席", 列席) }}{% endif %}
""",
    )
)
