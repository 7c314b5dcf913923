"""The places of the demonstration county: made once, and surveyed again without harm."""

from __future__ import annotations

import pytest

from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.places.demo import make_areas, make_points, make_roads, make_segments
from anlu.kernel.places.models import Area, Junction, Road, RoadLine, Segment, Site
from anlu.kernel.places.segments import misfit
from anlu.kernel.places.surveys.gazetteer import SurveyedJunction, import_junctions

pytestmark = pytest.mark.django_db


def test_the_county_has_its_places_and_making_it_twice_adds_nothing() -> None:
    assert make_areas() == "1 县 16 镇街 116 村"
    assert make_roads() == "738 条 1498 公里"
    assert make_segments() == "路段 55 个"
    assert make_points() == "路口 752 个, 点位 104 个"
    models = (Area, Road, RoadLine, Junction, Site)
    before = [model.objects.count() for model in models]
    assert before == [133, 738, 1_602, 752, 104]
    assert [make() for make in (make_areas, make_roads, make_segments, make_points)] == ["已有"] * 4
    assert [model.objects.count() for model in models] == before
    assert not Site.objects.filter(road=None).exists()
    assert not Area.objects.filter(kind="town", boundary=None).exists()
    segments = list(Segment.objects.order_by("road", "begin_m"))
    assert [one.name for one in segments if misfit(one)] == []
    assert {one.safety for one in segments if one.dangers} == {"4"}


def test_a_junction_that_is_surveyed_again_keeps_its_identity() -> None:
    def survey(name: str) -> None:
        import_junctions(
            [SurveyedJunction("J-1", name, 115.86, 36.72, (), "11", 3, False, "")], by=SYSTEM, source="demo"
        )

    survey("旧名路口")
    first = Junction.objects.get()
    survey("新名路口")
    again = Junction.objects.get()
    assert (again.pk, again.uid, again.name, again.version) == (first.pk, first.uid, "新名路口", 2)
    assert again.changed_at > first.changed_at
