"""
工作总结: half-year or annual.

The data paragraph takes its numbers from indicators by their codes; where an installation does not have them, it is
left out.
"""

from anlu.kernel.documents.define import DocumentKind, Field, FieldType, Layout, add_kind

SUMMARY = add_kind(
    DocumentKind(
        code="summary",
        label="工作总结",
        layout=Layout.PLAIN,
        pattern="",
        addressed=False,
        drafted_by=("office_clerk",),
        checked_by=("office_clerk", "commissar"),
        signed_by=("chief",),
        order=170,
        fields=(
            Field("headline", "标题句", required=True, help="如：扎实推进预防道路交通事故减量控大工作"),
            Field("opening", "导语", FieldType.LONG, required=True),
            Field("work", "主要工作", FieldType.LONG, required=True),
            Field("problems", "存在问题", FieldType.LONG, required=True),
            Field("next", "下步打算", FieldType.LONG, required=True),
        ),
        wording="""\
{{ 标题句 }}
{{ 导语 }}
{% set 事故 = 指标("crash.count") %}
{% set 死亡 = 指标("crash.killed") %}
{% set 受伤 = 指标("crash.injured") %}
{% if 事故 %}{{ 期间 }}，全县发生道路交通事故{{ 事故 }}、死亡{{ 死亡 }}、受伤{{ 受伤 }}\
{{ 同比(事故, 死亡, 受伤) }}。{% endif %}
一、主要工作
{{ 主要工作 }}
二、存在问题
{{ 存在问题 }}
三、下步打算
{{ 下步打算 }}
""",
    )
)
