"""工作报告: upward, to the office above; it names who signed it."""

from anlu.kernel.documents.define import DocumentKind, Field, FieldType, Layout, add_kind

REPORT = add_kind(
    DocumentKind(
        code="report",
        label="工作报告",
        layout=Layout.DOCUMENT,
        drafted_by=("office_clerk", "committee_liaison"),
        checked_by=("office_clerk", "legal_officer"),
        signed_by=("chief",),
        retention_years=30,
        order=195,
        help="向上级机关、政府或交安委办报告工作；上行文，标签发人，报告中不夹带请示事项。",
        fields=(
            Field("matter", "事项", required=True, help="接在「关于」之后，如：2023年上半年事故预防工作情况"),
            Field("opening", "导语", FieldType.LONG, required=True),
            Field("crashes", "事故起数", FieldType.FIGURE, indicator="crash.count", unit="起"),
            Field("deaths", "死亡人数", FieldType.FIGURE, indicator="crash.killed", unit="人"),
            Field("work", "主要工作", FieldType.LONG, required=True),
            Field("problems", "存在问题", FieldType.LONG),
            Field("plans", "下步打算", FieldType.LONG, required=True),
            Field("contact", "联系人及电话"),
        ),
        wording="""\
关于{{ 事项 }}的报告
{{ 导语 }}现将有关情况报告如下：
一、主要工作
{{ 主要工作 }}
{% if 事故起数 %}\
{{ 期间 }}，辖区发生道路交通事故{{ 事故起数 }}{% if 死亡人数 %}，造成{{ 死亡人数 }}死亡{% endif %}\
{% if 同比(事故起数, 死亡人数) %}，{{ 同比(事故起数, 死亡人数) }}{% endif %}。{% endif %}
{% if 存在问题 %}二、存在问题
{{ 存在问题 }}
三、下步打算{% else %}二、下步打算{% endif %}
{{ 下步打算 }}
专此报告。
{% if 联系人及电话 %}（联系人及电话：{{ 联系人及电话 }}）{% endif %}
""",
    )
)
