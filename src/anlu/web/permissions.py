"""Permissions of pages that the shell itself has."""

from anlu.kernel.core.permissions import declare

TODAY = declare("web.today", "查看今日", group="今日")
EXPORTS = declare("web.exports", "查看自己的导出申请", group="系统")
SEARCH = declare("web.search", "使用搜索", group="今日")

OFFICER_EXPORT = declare("people.officer.export", "导出人员", group="系统")
UNIT_EXPORT = declare("people.unit.export", "导出单位", group="系统")
AREA_EXPORT = declare("places.area.export", "导出辖区", group="系统")
TERM_EXPORT = declare("core.term.export", "导出字典", group="系统")
AUDIT_EXPORT = declare("core.audit.export", "导出审计", group="系统")
API = declare("web.api", "使用接口", group="系统")
