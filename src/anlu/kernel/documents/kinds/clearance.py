"""排除妨碍通知书: to whoever planted or placed what hides signals or impairs sight."""

from anlu.kernel.documents.define import DocumentKind, Field, FieldType, Layout, add_kind

CLEARANCE = add_kind(
    DocumentKind(
        code="clearance",
        label="排除妨碍通知书",
        layout=Layout.NOTICE,
        word="排",
        drafted_by=("hazard_officer", "patrol_officer", "auxiliary"),
        checked_by=("legal_officer",),
        signed_by=("deputy", "chief"),
        due_field="limit_on",
        delivery=True,
        order=30,
        help="责令种植、设置人排除遮挡交通设施、妨碍安全视距的物品。",
        fields=(
            Field("person", "责任人", required=True, personal="name"),
            Field("phone", "联系电话", personal="phone"),
            Field("object", "妨碍物", required=True, help="树木、广告牌、管线等，写明数量由现场勘验记录附后"),
            Field("place", "地点", required=True, source="place"),
            Field("effect", "妨碍情形", FieldType.LONG, required=True, source="findings"),
            Field("limit_on", "排除期限", FieldType.DATE, required=True),
        ),
        wording="""\
排除妨碍通知书
经查，你（单位）在{{ 地点 }}设置（种植）的{{ 妨碍物 }}，{{ 妨碍情形 }}
依据{{ 依据 }}，责令你（单位）于{{ 排除期限 }}前自行排除妨碍。
逾期不排除的，依法处以罚款并强制排除妨碍，所需费用由你（单位）负担。
如有异议，可以依法申请行政复议或者提起行政诉讼。
""",
    )
)
