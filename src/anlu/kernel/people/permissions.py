"""Permissions of people."""

from anlu.kernel.core.permissions import declare

UNIT_VIEW = declare("people.unit.view", "查看单位", group="系统")
UNIT_CHANGE = declare("people.unit.change", "维护单位", group="系统")
OFFICER_VIEW = declare("people.officer.view", "查看人员", group="系统")
OFFICER_ADD = declare("people.officer.add", "新增人员", group="系统")
OFFICER_CHANGE = declare("people.officer.change", "维护人员", group="系统")
ROLE_VIEW = declare("people.role.view", "查看角色", group="系统")
ROLE_CHANGE = declare("people.role.change", "维护角色", group="系统")
GRANT_CHANGE = declare("people.grant.change", "授予与收回角色", group="系统")
SIGNIN_VIEW = declare("people.signin.view", "查看登录日志", group="系统")
ACCESS_EXPLAIN = declare("people.access.explain", "查看权限由来", group="系统")
