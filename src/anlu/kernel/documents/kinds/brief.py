"""工作简报: one event in a few hundred characters."""

from anlu.kernel.documents.define import DocumentKind, Field, FieldType, Layout, add_kind

BRIEF = add_kind(
    DocumentKind(
        code="brief",
        label="工作简报",
        layout=Layout.BULLETIN,
        word="工作简报",
        pattern="第{serial}期",
        addressed=False,
        drafted_by=("office_clerk", "publicity_officer", "squadron_clerk"),
        checked_by=("office_clerk",),
        signed_by=("commissar", "deputy", "chief"),
        order=180,
        help="一事一报，三百至八百字。",
        fields=(
            Field("headline", "标题句", required=True, source="title"),
            Field("body", "简报正文", FieldType.LONG, required=True, source="summary"),
        ),
        wording="""\
{{ 标题句 }}
{{ 简报正文 }}
""",
    )
)
