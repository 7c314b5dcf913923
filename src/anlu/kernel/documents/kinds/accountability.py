"""问责建议函: the committee's office proposes, and does not decide, that somebody be held to account."""

from anlu.kernel.documents.define import DocumentKind, Field, FieldType, Layout, add_kind

ACCOUNTABILITY = add_kind(
    DocumentKind(
        code="accountability",
        label="问责建议函",
        layout=Layout.LETTER,
        word="问",
        drafted_by=("committee_liaison",),
        checked_by=("legal_officer",),
        signed_by=("chief",),
        reply_days=30,
        retention_years=30,
        order=160,
        help="只提建议，由有权机关决定；主体是政府或交安委办。",
        fields=(
            Field("matter", "事项", required=True),
            Field("findings", "基本情况", FieldType.LONG, required=True, source="findings"),
            Field("before", "督办经过", FieldType.LONG, required=True, source="before"),
            Field("proposals", "建议", FieldType.LONG, required=True),
        ),
        wording="""\
关于{{ 事项 }}的问责建议函
一、基本情况
{{ 基本情况 }}
二、督办经过
{{ 督办经过 }}
三、建议
依据{{ 依据 }}，提出以下建议，请依规研究决定：
{{ 建议 }}
""",
    )
)
