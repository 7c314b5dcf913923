"""整改通知书: the committee's office orders a department or town to put a hazard right."""

from anlu.kernel.documents.define import DocumentKind, Field, FieldType, Layout, add_kind

RECTIFICATION = add_kind(
    DocumentKind(
        code="rectification",
        label="整改通知书",
        layout=Layout.NOTICE,
        word="整",
        drafted_by=("hazard_officer", "committee_liaison"),
        checked_by=("legal_officer", "committee_liaison"),
        signed_by=("chief",),
        due_field="limit_on",
        delivery=True,
        order=50,
        help="由交安委办或政府发出；大队对部门用抄告单或建议函。",
        fields=(
            Field("hazard_number", "隐患编号", source="number"),
            Field("place", "位置", required=True, source="place"),
            Field("findings", "隐患情况", FieldType.LONG, required=True, source="findings"),
            Field("sight_m", "实测视距", FieldType.FIGURE, source="sight_m", unit="米"),
            Field("needed_m", "应有视距", FieldType.FIGURE, source="needed_m", unit="米"),
            Field("crashes", "近一年事故起数", FieldType.FIGURE, source="crashes_12m", unit="起"),
            Field("before", "前期办理", source="before", help="如：已于6月24日抄告，逾期未整改"),
            Field("measures", "整改要求", FieldType.LONG, required=True, source="measures"),
            Field("interim", "临时措施", source="interim"),
            Field("limit_on", "整改期限", FieldType.DATE, required=True, source="due_on"),
        ),
        wording="""\
道路交通安全隐患整改通知书
经查，{{ 位置 }}存在道路交通安全隐患{% if 隐患编号 %}（编号{{ 隐患编号 }}）{% endif %}：{{ 隐患情况 }}
{% if 实测视距 %}经测量，实测视距{{ 实测视距 }}{% if 应有视距 %}，不足{{ 应有视距 }}{% endif %}。{% endif %}\
{% if 近一年事故起数 %}近一年该处发生道路交通事故{{ 近一年事故起数 }}。{% endif %}
{% if 前期办理 %}{{ 前期办理 }}。{% endif %}
依据{{ 依据 }}，请你单位于{{ 整改期限 }}前完成以下整改：
{{ 整改要求 }}
{% if 临时措施 %}整改完成前应采取临时措施：{{ 临时措施 }}。{% endif %}
整改完成后，书面回复整改情况，并附整改前后照片。逾期未整改的，将予以约谈、通报或者提请挂牌督办。
""",
    )
)
