"""约谈通知书: the committee's office calls somebody to an interview."""

from anlu.kernel.documents.define import DocumentKind, Field, FieldType, Layout, add_kind

INTERVIEW_NOTICE = add_kind(
    DocumentKind(
        code="interview_notice",
        label="约谈通知书",
        layout=Layout.NOTICE,
        word="约",
        drafted_by=("committee_liaison", "hazard_officer"),
        checked_by=("legal_officer", "committee_liaison"),
        signed_by=("chief",),
        delivery=True,
        order=60,
        help="约谈的主体是政府或交安委办；大队只拟稿。",
        fields=(
            Field("reason", "约谈事由", FieldType.LONG, required=True, source="findings"),
            Field("held_on", "约谈日期", FieldType.DATE, required=True),
            Field("time", "约谈时间", required=True, help="如：上午9时"),
            Field("place", "约谈地点", required=True),
            Field("attend", "参加人员", required=True, help="写职务，不写姓名"),
            Field("materials", "须备材料", FieldType.LONG),
        ),
        wording="""\
约谈通知书
{{ 约谈事由 }}
依据{{ 依据 }}，决定对你单位进行约谈。现将有关事项通知如下：
一、时间：{{ 约谈日期 }}{{ 约谈时间 }}
二、地点：{{ 约谈地点 }}
三、参加人员：{{ 参加人员 }}
{% if 须备材料 %}四、须备材料
{{ 须备材料 }}{% endif %}
请按时参加，无正当理由不参加的，予以通报。
""",
    )
)
