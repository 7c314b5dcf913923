"""Sites and junctions of the register as layers that lie over any map."""

from __future__ import annotations

from anlu.kernel.places import permissions
from anlu.kernel.places.models import Junction, Site, SiteKind
from anlu.web.ledgers import Column
from anlu.web.tiles import PointLayer, Theme, layers

layers.add(
    PointLayer(
        code="sites",
        label="点位",
        model=Site,
        permission=permissions.SITE_VIEW,
        number="name",
        record="places.site",
        themes=(
            Theme(
                "kind",
                "类别",
                "kind",
                lambda: [(kind.value, kind.label) for kind in SiteKind],
                marks={
                    SiteKind.SCHOOL.value: "school",
                    SiteKind.MARKET.value: "market",
                    SiteKind.HOSPITAL.value: "hospital",
                    SiteKind.STATION.value: "station",
                    SiteKind.ENTERPRISE.value: "enterprise",
                    SiteKind.OTHER.value: "site",
                },
            ),
        ),
        facts=(Column("kind", "类别"), Column("town", "辖区", value="town.name"), Column("code", "编号")),
    )
)
layers.add(
    PointLayer(
        code="junctions",
        label="路口",
        model=Junction,
        permission=permissions.ROAD_VIEW,
        number="name",
        record="places.junction",
        themes=(
            Theme(
                "signals",
                "信号灯",
                "signals",
                lambda: [("True", "有信号灯"), ("False", "无信号灯")],
                marks={"True": "signals", "False": "junction"},
            ),
        ),
        facts=(
            Column("legs", "岔数"),
            Column("signals", "信号灯"),
            Column("town", "辖区", value="town.name"),
            Column("code", "编号"),
        ),
    )
)
