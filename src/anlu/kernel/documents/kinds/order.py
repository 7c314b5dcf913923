"""责令消除隐患通知书: to an enterprise whose vehicles, drivers or sites are a danger."""

from anlu.kernel.documents.define import DocumentKind, Field, FieldType, Layout, add_kind

ORDER = add_kind(
    DocumentKind(
        code="order",
        label="责令消除隐患通知书",
        layout=Layout.NOTICE,
        word="责",
        drafted_by=("source_officer", "auxiliary"),
        checked_by=("legal_officer",),
        signed_by=("deputy", "chief"),
        due_field="limit_on",
        delivery=True,
        order=40,
        help="责令运输企业等单位限期消除交通安全隐患。",
        fields=(
            Field("findings", "隐患事实", FieldType.LONG, required=True, source="findings"),
            Field(
                "items",
                "隐患清单",
                FieldType.ROWS,
                columns=(("item", "隐患"), ("vehicle", "车辆或岗位"), ("measure", "整改要求")),
            ),
            Field("item_count", "隐患项数", FieldType.FIGURE, counts="items", unit="项"),
            Field("limit_on", "整改期限", FieldType.DATE, required=True),
        ),
        wording="""\
责令消除隐患通知书
经检查，你单位存在以下道路交通安全隐患：
{{ 隐患事实 }}
{% if 隐患清单 %}上述隐患共{{ 隐患项数 }}，具体如下：
{{ 表(隐患清单) }}{% endif %}
依据{{ 依据 }}，责令你单位于{{ 整改期限 }}前消除隐患，并将整改情况书面报告我单位。
逾期未消除隐患的，依法处理。
""",
    )
)
