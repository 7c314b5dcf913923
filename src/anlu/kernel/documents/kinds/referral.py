"""隐患抄告单: the brigade refers a hazard in writing to the department that answers for it."""

from anlu.kernel.documents.define import DocumentKind, Field, FieldType, Layout, add_kind

REFERRAL = add_kind(
    DocumentKind(
        code="referral",
        label="隐患抄告单",
        layout=Layout.LETTER,
        word="抄",
        drafted_by=("hazard_officer", "squadron_clerk", "auxiliary"),
        checked_by=("legal_officer", "office_clerk"),
        signed_by=("deputy", "chief"),
        reply_days=15,
        delivery=True,
        order=10,
        help="大队发现的道路隐患，书面抄告负责整改的部门。",
        fields=(
            Field("hazard_number", "隐患编号", source="number"),
            Field("place", "位置", required=True, source="place"),
            Field("hazard_kind", "隐患类型", required=True, source="kind"),
            Field("findings", "隐患情况", FieldType.LONG, required=True, source="findings"),
            Field("sight_m", "实测视距", FieldType.FIGURE, source="sight_m", unit="米"),
            Field("needed_m", "应有视距", FieldType.FIGURE, source="needed_m", unit="米"),
            Field("crashes", "近一年事故起数", FieldType.FIGURE, source="crashes_12m", unit="起"),
            Field("measures", "整改建议", FieldType.LONG, required=True, source="measures"),
            Field("interim", "临时措施", source="interim"),
            Field("contact", "联系人及电话", help="本大队经办人和办公电话"),
        ),
        wording="""\
关于{{ 位置 }}道路交通安全隐患的抄告单
经排查，{{ 位置 }}存在{{ 隐患类型 }}隐患{% if 隐患编号 %}（编号{{ 隐患编号 }}）{% endif %}。{{ 隐患情况 }}
{% if 实测视距 %}经现场测量，实测视距{{ 实测视距 }}{% if 应有视距 %}，应有视距{{ 应有视距 }}{% endif %}。{% endif %}
{% if 近一年事故起数 %}近一年该处发生道路交通事故{{ 近一年事故起数 }}。{% endif %}
依据{{ 依据 }}，现将上述隐患抄告你单位，建议采取以下措施：
{{ 整改建议 }}
{% if 临时措施 %}整改完成前，{{ 临时措施 }}。{% endif %}
请于收到本抄告单之日起{{ 回复期限 }}书面回复整改情况，并附整改前后照片。
{% if 联系人及电话 %}联系人及电话：{{ 联系人及电话 }}。{% endif %}
""",
    )
)
