"""督办单: an overdue matter is pressed."""

from anlu.kernel.documents.define import DocumentKind, Field, FieldType, Layout, add_kind

SUPERVISION = add_kind(
    DocumentKind(
        code="supervision",
        label="督办单",
        layout=Layout.LETTER,
        word="督",
        drafted_by=("committee_liaison", "office_clerk", "inspector"),
        checked_by=("office_clerk", "committee_liaison"),
        signed_by=("chief", "deputy"),
        due_field="limit_on",
        order=80,
        fields=(
            Field("matter", "督办事项", required=True, source="title"),
            Field("found", "存在问题", FieldType.LONG, required=True, source="findings"),
            Field("days_over", "逾期天数", FieldType.FIGURE, source="days_over", unit="天"),
            Field("demands", "督办要求", FieldType.LONG, required=True, source="measures"),
            Field("limit_on", "办结期限", FieldType.DATE, required=True),
        ),
        wording="""\
关于{{ 督办事项 }}的督办单
{{ 存在问题 }}
{% if 逾期天数 %}该事项已逾期{{ 逾期天数 }}。{% endif %}
请按以下要求抓紧办理，于{{ 办结期限 }}前办结并书面反馈：
{{ 督办要求 }}
""",
    )
)
