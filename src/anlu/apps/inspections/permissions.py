"""Permissions of inspections; those of findings come from their family."""

from anlu.kernel.core.permissions import declare

GROUP = "队伍建设"
TEAM_VIEW = declare("inspections.team.view", "查看督查组", group=GROUP)
ROUND_VIEW = declare("inspections.round.view", "查看督查安排", group=GROUP)
ROUND_FILL = declare("inspections.round.fill", "填写督查记录", group=GROUP)
BULLETIN_VIEW = declare("inspections.bulletin.view", "查看督查通报", group=GROUP)
BULLETIN_ADD = declare("inspections.bulletin.add", "起草督查通报", group=GROUP)

for _code, _noun in (("inspections.team", "督查组"), ("inspections.round", "督查安排")):
    declare(f"{_code}.add", f"登记{_noun}", group=GROUP)
    declare(f"{_code}.change", f"修改{_noun}", group=GROUP)
    declare(f"{_code}.void", f"作废{_noun}", group=GROUP, sworn=True)
    declare(f"{_code}.export", f"导出{_noun}", group=GROUP)
