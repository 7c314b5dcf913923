"""The built front end as templates see it, and the small tags that draw with it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template import Context, Template
from django.templatetags.static import static

from anlu.web.templatetags import assets, components

MANIFEST = {
    "css/app.css": {"file": "style-1.css", "src": "css/app.css", "isEntry": True},
    "js/app.js": {"file": "app-2.js", "src": "js/app.js", "isEntry": True},
    "icons.svg": {"file": "icons-3.svg", "src": "icons.svg"},
}


@pytest.fixture
def dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder in the place of the build."""
    monkeypatch.setattr(assets, "DIST", tmp_path)
    assets.read_manifest.cache_clear()
    yield tmp_path
    assets.read_manifest.cache_clear()


@pytest.fixture
def built(dist: Path) -> Path:
    """A small build."""
    (dist / "manifest.json").write_text(json.dumps(MANIFEST), encoding="utf-8")
    return dist


def drawn(template: str, **context: object) -> str:
    """What a template with the tags of this module becomes."""
    return Template("{% load assets components %}" + template).render(Context(context)).strip()


def test_a_missing_build_says_which_command_makes_it(dist: Path) -> None:
    with pytest.raises(assets.AssetsMissing, match="make assets"):
        drawn('{% asset_css "app" %}')


def test_a_name_that_the_build_does_not_know_is_refused(built: Path) -> None:
    with pytest.raises(assets.AssetsMissing, match=r"css/other\.css"):
        drawn('{% asset_css "other" %}')


def test_the_page_that_reports_a_fault_works_without_a_build(dist: Path) -> None:
    assert drawn('{% asset_css_if_built "app" %}') == ""


def test_styles_and_scripts_are_plain_elements_with_hashed_names(built: Path) -> None:
    assert drawn('{% asset_css "app" %}') == f'<link rel="stylesheet" href="{static("dist/style-1.css")}">'
    assert drawn('{% asset_js "app" %}') == f'<script type="module" src="{static("dist/app-2.js")}"></script>'
    assert drawn('{% asset_url "icons.svg" %}') == static("dist/icons-3.svg")


def test_the_manifest_is_read_once(built: Path) -> None:
    before = drawn('{% asset_url "js/app.js" %}')
    (built / "manifest.json").unlink()
    assert drawn('{% asset_url "js/app.js" %}') == before


def test_an_icon_refers_to_the_sprite_and_is_hidden_from_screen_readers(built: Path) -> None:
    assert drawn('{% icon "home" size="small" %}') == (
        '<svg class="icon icon--small" width="18" height="18" aria-hidden="true" focusable="false">'
        f'<use href="{static("dist/icons-3.svg")}#home"></use></svg>'
    )


def test_an_icon_name_cannot_break_out_of_its_attribute(built: Path) -> None:
    assert "<script>" not in drawn("{% icon name %}", name='"><script>')


@pytest.mark.parametrize(("position", "item"), [(0, "a"), (1, "b"), (2, None), (-1, None)])
def test_nth_gives_the_item_or_nothing(position: int, item: str | None) -> None:
    assert components.nth(["a", "b"], position) == item


def test_a_spark_has_one_scale_for_both_years_from_zero() -> None:
    spark = components.spark([5, 10], [20, 0])
    assert spark["now"] == "0,39 126,26"
    assert spark["before"] == "0,0 126,52"
    assert spark["dot"] == (126.0, 26.0)


def test_a_spark_of_nothing_draws_nothing() -> None:
    spark = components.spark([], [])
    assert (spark["now"], spark["before"], spark["area"], spark["dot"]) == ("", "", "", None)


def test_a_spark_of_zeros_lies_on_the_base_line() -> None:
    assert components.spark([0, 0, 0])["now"] == "0,52 63,52 126,52"
