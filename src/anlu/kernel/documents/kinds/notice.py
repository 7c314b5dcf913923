"""通知: to the brigade's own units, or to towns and departments for their information."""

from anlu.kernel.documents.define import DocumentKind, Field, FieldType, Layout, add_kind

NOTICE = add_kind(
    DocumentKind(
        code="notice",
        label="通知",
        layout=Layout.DOCUMENT,
        drafted_by=("office_clerk", "committee_liaison"),
        checked_by=("office_clerk", "legal_officer"),
        signed_by=("chief", "deputy"),
        order=190,
        fields=(
            Field("matter", "事项", required=True, help="接在「关于」之后"),
            Field("reason", "缘由", FieldType.LONG, required=True),
            Field("body", "通知事项", FieldType.LONG, required=True),
            Field("contact", "联系人及电话"),
        ),
        wording="""\
关于{{ 事项 }}的通知
{{ 缘由 }}现将有关事项通知如下：
{{ 通知事项 }}
{% if 联系人及电话 %}联系人及电话：{{ 联系人及电话 }}。{% endif %}
""",
    )
)
