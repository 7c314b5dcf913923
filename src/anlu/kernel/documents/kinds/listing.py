"""挂牌督办通知: a grave hazard is listed publicly, with owner and deadline."""

from anlu.kernel.documents.define import DocumentKind, Field, FieldType, Layout, add_kind

LISTING = add_kind(
    DocumentKind(
        code="listing",
        label="挂牌督办通知",
        layout=Layout.DOCUMENT,
        word="挂",
        drafted_by=("committee_liaison", "hazard_officer"),
        checked_by=("legal_officer", "committee_liaison"),
        signed_by=("chief",),
        due_field="limit_on",
        delivery=True,
        retention_years=30,
        order=90,
        help="挂牌督办的主体是政府或交安委办；大队只拟稿。",
        fields=(
            Field("hazard_number", "隐患编号", source="number"),
            Field("place", "位置", required=True, source="place"),
            Field("findings", "隐患情况", FieldType.LONG, required=True, source="findings"),
            Field(
                "grade",
                "督办级别",
                FieldType.CHOICE,
                required=True,
                choices=(("county", "县级"), ("city", "市级"), ("province", "省级")),
            ),
            Field("owner", "责任单位", required=True, source="owner"),
            Field("measures", "整改任务", FieldType.LONG, required=True, source="measures"),
            Field("limit_on", "整改期限", FieldType.DATE, required=True, source="due_on"),
        ),
        wording="""\
关于对{{ 位置 }}道路交通安全隐患挂牌督办的通知
{{ 位置 }}存在重大道路交通安全隐患{% if 隐患编号 %}（编号{{ 隐患编号 }}）{% endif %}。{{ 隐患情况 }}
依据{{ 依据 }}，决定对该隐患实行{{ 督办级别 }}挂牌督办。
一、责任单位
{{ 责任单位 }}。
二、整改任务
{{ 整改任务 }}
三、整改期限
{{ 整改期限 }}前完成整改，经验收合格后，报请解除挂牌督办。
""",
    )
)
