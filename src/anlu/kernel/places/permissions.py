"""Permissions of places."""

from anlu.kernel.core.permissions import declare

AREA_VIEW = declare("places.area.view", "查看辖区", group="系统")
AREA_CHANGE = declare("places.area.change", "维护辖区", group="系统")
ROAD_VIEW = declare("places.road.view", "查看道路", group="系统")
ROAD_CHANGE = declare("places.road.change", "维护道路", group="系统")
SITE_VIEW = declare("places.site.view", "查看点位", group="系统")
SITE_CHANGE = declare("places.site.change", "维护点位", group="系统")
LOCATE = declare("places.locate", "补录定位", group="研判")
