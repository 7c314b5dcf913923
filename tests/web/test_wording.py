"""Every visible text of a template is marked, with the values in it; what somebody wrote is not."""

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.safestring import mark_safe

from anlu.kernel.core.language.words import Verbatim, word
from anlu.web.wording import Marker, marked


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>已筛选</p>", '<p>{% said "已筛选" %}</p>'),
        (
            "<span>共 {{ pager.total|grouped }} 条</span>",
            '<span>{% said "共 {total} 条" total=pager.total|grouped %}</span>',
        ),
        ("<b>{{ column.label }}</b>", "<b>{{ column.label|word }}</b>"),
        ('<a title="去掉 {{ x }}" href="/事故/{{ u }}">', '<a title="{% said "去掉 {x}" x=x %}" href="/事故/{{ u }}">'),
        ('<input value="{{ v }}" placeholder="{{ p }}">', '<input value="{{ v }}" placeholder="{{ p|word }}">'),
        ("{% if a %}是{% else %}否{% endif %}", '{% if a %}{% said "是" %}{% else %}{% said "否" %}{% endif %}'),
        ("<textarea>{{ widget.value }}</textarea>", "<textarea>{{ widget.value }}</textarea>"),
        ('<span translate="no">{{ name }}</span>{{ kind }}', '<span translate="no">{{ name }}</span>{{ kind|word }}'),
        ("{# 注 #}{% comment %}说明{{ x }}{% endcomment %}", "{# 注 #}{% comment %}说明{{ x }}{% endcomment %}"),
        ('<h2 translate="no">{{ n }}、{{ x }}</h2>', '<h2 translate="no">{{ n }}、{{ x }}</h2>'),
        (
            '<button data-confirm="删除 {{ x }}" data-confirm-title="删除">',
            '<button data-confirm="{% said "删除 {x}" x=x %}" data-confirm-title="{% said "删除" %}">',
        ),
        ("{{ form|safe }}{{ x|json_script:y }}", "{{ form|safe }}{{ x|json_script:y }}"),
    ],
)  # fmt: skip
def test_a_template_is_marked(source: str, expected: str) -> None:
    assert marked(source) == expected


def test_the_lines_of_a_template_stay_where_they_are() -> None:
    source = "<p>第一\n  行</p>\n{{ x }}"
    assert marked(source).count("\n") == source.count("\n")


def test_texts_that_a_tag_hands_on_count_too() -> None:
    source = '{% include "empty.html" with title="没有这样的记录" %}{{ noun|default:"条" }}'
    assert Marker(source).texts == ["没有这样的记录", "条"]


def rendered(source: str, language: str, **values: object) -> str:
    with translation.override(language):
        return Template(marked(source)).render(Context(values))


def test_a_text_is_rendered_in_the_language_of_the_reader() -> None:
    source = "<p>第 {{ first }}–{{ last }} {{ unit }}，共 {{ total }} {{ unit }}</p>"
    values = {"first": 1, "last": 20, "unit": "起", "total": 72}
    assert rendered(source, "zh-hans", **values) == "<p>第 1–20 起，共 72 起</p>"
    assert rendered(source, "en", **values) == "<p>1–20 of 72 crashes</p>"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_values_are_escaped_once_in_both_languages(language: str) -> None:
    assert "&lt;b&gt;" in rendered("<p>恢复 {{ title }}</p>", language, title="<b>")
    assert "&lt;b&gt;" in rendered("<p>{{ title }}</p>", language, title="<b>位置")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_markup_beside_a_value_does_not_let_the_value_through(language: str) -> None:
    source = "<p>第 {{ first }}–{{ last }} {{ unit }}，共 {{ total }} {{ unit }}</p>"
    values = {"first": mark_safe("<b>1</b>"), "last": "<i>", "unit": "起", "total": "R&D"}
    said = rendered(source, language, **values)
    assert "<b>1</b>–&lt;i&gt;" in said
    assert "R&amp;D" in said


@pytest.mark.parametrize(("number", "said"), [(1, "1 case"), (12, "12 cases"), (0, "0 cases")])
def test_one_and_several_differ_in_english(number: int, said: str) -> None:
    with translation.override("en"):
        assert word(f"{number} 件") == said


def test_data_are_not_put_into_english() -> None:
    assert rendered("<p>{{ note }}</p>", "en", note=Verbatim("事故")) == "<p>事故</p>"
    assert rendered("<textarea>{{ note }}</textarea>", "en", note="事故") == "<textarea>事故</textarea>"
