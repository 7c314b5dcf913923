"""工作方案: aim, span, steps and demands of an operation, with the division of work attached."""

from anlu.kernel.documents.define import DocumentKind, Field, FieldType, Layout, add_kind

PLAN = add_kind(
    DocumentKind(
        code="plan",
        label="工作方案",
        layout=Layout.DOCUMENT,
        drafted_by=("office_clerk", "hazard_officer", "publicity_officer"),
        checked_by=("office_clerk", "legal_officer"),
        signed_by=("chief",),
        retention_years=30,
        order=140,
        fields=(
            Field(
                "topic",
                "方案名称",
                required=True,
                help="接在「关于印发」之后，如：夏季道路交通安全整治行动方案",
            ),
            Field("guidance", "指导思想", FieldType.LONG, required=True, help="用规范表述库中的现行表述"),
            Field("aims", "工作目标", FieldType.LONG, required=True),
            Field("begins_on", "起始日期", FieldType.DATE, required=True),
            Field("ends_on", "截止日期", FieldType.DATE, required=True),
            Field("scope", "整治范围", FieldType.LONG, required=True),
            Field("measures", "工作措施", FieldType.LONG, required=True),
            Field("steps", "实施步骤", FieldType.LONG, required=True),
            Field("demands", "工作要求", FieldType.LONG, required=True),
            Field(
                "division",
                "职责分工",
                FieldType.ROWS,
                columns=(("unit", "责任单位"), ("task", "任务"), ("due", "完成时限")),
            ),
        ),
        wording="""\
关于印发《{{ 方案名称 }}》的通知
现将《{{ 方案名称 }}》印发给你们，请结合实际认真贯彻落实。
一、指导思想
{{ 指导思想 }}
二、工作目标
{{ 工作目标 }}
三、时间和范围
{{ 起始日期 }}至{{ 截止日期 }}。{{ 整治范围 }}
四、工作措施
{{ 工作措施 }}
五、实施步骤
{{ 实施步骤 }}
六、工作要求
{{ 工作要求 }}
{% if 职责分工 %}{{ 附件("职责分工表", 职责分工) }}{% endif %}
""",
    )
)
