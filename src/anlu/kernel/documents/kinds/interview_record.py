"""约谈记录: what was said in an interview and what was promised."""

from anlu.kernel.documents.define import DocumentKind, Field, FieldType, Layout, add_kind

INTERVIEW_RECORD = add_kind(
    DocumentKind(
        code="interview_record",
        label="约谈记录",
        layout=Layout.PLAIN,
        pattern="",
        addressed=False,
        drafted_by=("committee_liaison", "office_clerk"),
        signed_by=("chief", "deputy"),
        order=70,
        fields=(
            Field("held_on", "约谈日期", FieldType.DATE, required=True),
            Field("place", "约谈地点", required=True),
            Field("interviewed", "被约谈单位", required=True),
            Field("chair", "约谈人", required=True, help="写职务"),
            Field("attend", "参加人员", FieldType.LONG, required=True, help="写单位和职务"),
            Field("reason", "约谈事由", FieldType.LONG, required=True),
            Field("said", "约谈内容", FieldType.LONG, required=True),
            Field("promised", "表态与承诺", FieldType.LONG, required=True),
            Field("limit_on", "整改期限", FieldType.DATE),
        ),
        wording="""\
约谈记录
| 时间 | {{ 约谈日期 }} | 地点 | {{ 约谈地点 }} |
| 约谈人 | {{ 约谈人 }} | 被约谈单位 | {{ 被约谈单位 }} |
| 参加人员 | {{ 参加人员 }} |
| 约谈事由 | {{ 约谈事由 }} |
| 约谈内容 | {{ 约谈内容 }} |
| 表态与承诺 | {{ 表态与承诺 }} |
| 整改期限 | {% if 整改期限 %}{{ 整改期限 }}{% endif %} | 签字 | |
""",
    )
)
