"""解除督办通知: a listed hazard has been put right and accepted."""

from anlu.kernel.documents.define import DocumentKind, Field, FieldType, Layout, add_kind

DELISTING = add_kind(
    DocumentKind(
        code="delisting",
        label="解除督办通知",
        layout=Layout.DOCUMENT,
        word="解",
        drafted_by=("committee_liaison", "hazard_officer"),
        checked_by=("legal_officer", "committee_liaison"),
        signed_by=("chief",),
        retention_years=30,
        order=100,
        fields=(
            Field("listing_number", "挂牌文号", required=True),
            Field("place", "位置", required=True, source="place"),
            Field("done", "整改情况", FieldType.LONG, required=True, source="done"),
            Field("accepted_on", "验收日期", FieldType.DATE, required=True, source="accepted_on"),
        ),
        wording="""\
关于解除{{ 位置 }}道路交通安全隐患挂牌督办的通知
{{ 位置 }}道路交通安全隐患由{{ 挂牌文号 }}挂牌督办。{{ 整改情况 }}
经{{ 验收日期 }}验收合格，决定解除挂牌督办。请加强日常管护，防止反弹。
""",
    )
)
