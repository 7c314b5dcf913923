"""交通安全建议函: the brigade proposes something to a department or to the government."""

from anlu.kernel.documents.define import DocumentKind, Field, FieldType, Layout, add_kind

ADVICE = add_kind(
    DocumentKind(
        code="advice",
        label="交通安全建议函",
        layout=Layout.LETTER,
        word="函",
        drafted_by=("hazard_officer", "squadron_clerk", "auxiliary"),
        checked_by=("legal_officer", "office_clerk"),
        signed_by=("deputy", "chief"),
        reply_days=30,
        order=20,
        help="向政府、部门提出防范交通事故、消除安全隐患的建议。",
        fields=(
            Field("matter", "事项", required=True, help="接在「关于」之后，如：完善国道105柳亭段照明"),
            Field("findings", "基本情况", FieldType.LONG, required=True, source="findings"),
            Field("crashes", "事故起数", FieldType.FIGURE, source="crashes", unit="起"),
            Field("deaths", "死亡人数", FieldType.FIGURE, source="deaths", unit="人"),
            Field("proposals", "建议", FieldType.LONG, required=True, source="measures"),
        ),
        wording="""\
关于{{ 事项 }}的建议函
{{ 基本情况 }}
{% if 事故起数 %}据统计，{{ 期间 }}该处发生道路交通事故{{ 事故起数 }}\
{% if 死亡人数 %}，死亡{{ 死亡人数 }}{% endif %}。{% endif %}
为预防道路交通事故，依据{{ 依据 }}，提出如下建议：
{{ 建议 }}
请予研究，并将办理情况于{{ 回复期限 }}函复我单位。
""",
    )
)
