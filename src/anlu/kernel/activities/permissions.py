"""Permissions of activities that all their ledgers share; adding and changing are declared with each ledger."""

from anlu.kernel.core.permissions import declare

VIEW = declare("activities.activity.view", "查看活动", group="队伍建设")
EXPORT = declare("activities.activity.export", "导出活动", group="队伍建设")
SIGN_IN = declare("activities.activity.sign_in", "活动签到", group="队伍建设")
RHYTHM_VIEW = declare("activities.rhythm.view", "查看活动节奏与缺口", group="队伍建设")
RHYTHM_CHANGE = declare("activities.rhythm.change", "维护活动节奏", group="队伍建设")
RHYTHM_REMINDED = declare("activities.rhythm.reminded", "接收活动节奏提醒", group="队伍建设")
