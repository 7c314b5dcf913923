"""送达回证: the form that goes with a document and comes back signed."""

from anlu.kernel.documents.define import DocumentKind, Field, FieldType, Layout, add_kind

SERVICE_RECORD = add_kind(
    DocumentKind(
        code="service_record",
        label="送达回证",
        layout=Layout.PLAIN,
        pattern="",
        addressed=False,
        drafted_by=("hazard_officer", "source_officer", "auxiliary"),
        order=150,
        help="登记送达时自动填写，也可空白打印后手填。",
        fields=(
            Field("document_title", "文书名称", required=True, source="title"),
            Field("document_number", "文书文号", source="number"),
            Field("served", "受送达人", required=True, source="addressee", personal="name"),
            Field("place", "送达地点", source="place"),
            Field("method", "送达方式", source="method"),
            Field("served_on", "送达日期", FieldType.DATE, source="on"),
            Field("receiver", "签收人", personal="name"),
            Field("agent", "代收人", personal="text", help="姓名和与受送达人的关系"),
            Field("refused_why", "拒收事由", source="refused_why"),
            Field("witnesses", "见证人", personal="text"),
            Field("servers", "送达人"),
        ),
        wording="""\
送达回证
| 送达文书 | {{ 文书名称 }} |
| 文号 | {{ 文书文号 }} |
| 受送达人 | {{ 受送达人 }} |
| 送达地点 | {{ 送达地点 }} | 送达方式 | {{ 送达方式 }} |
| 送达日期 | {% if 送达日期 %}{{ 送达日期 }}{% endif %} | 受送达人签名 | {{ 签收人 }} |
| 代收人签名及与受送达人关系 | {{ 代收人 }} |
| 拒收事由 | {{ 拒收事由 }} | 见证人签名 | {{ 见证人 }} |
| 送达人签名 | {{ 送达人 }} | 填发单位 | {{ 发文单位 }} |
""",
    )
)
