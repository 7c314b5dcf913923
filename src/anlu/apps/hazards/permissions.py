"""Permissions of roadside markets and of the rules; those of hazards follow from their family."""

from anlu.kernel.core.permissions import declare

GROUP = "源头管控"
HAZARD_VIEW = "hazards.hazard.view"
HAZARD_ADD = "hazards.hazard.add"

MARKET_VIEW = declare("hazards.market.view", "查看马路市场", group=GROUP)
declare("hazards.market.add", "登记马路市场", group=GROUP)
declare("hazards.market.change", "修改马路市场", group=GROUP)
declare("hazards.market.void", "作废马路市场", group=GROUP, sworn=True)
declare("hazards.market.export", "导出马路市场", group=GROUP)

RESPONSIBILITY_VIEW = declare("hazards.responsibility.view", "查看隐患责任矩阵", group=GROUP)
declare("hazards.responsibility.add", "登记隐患责任", group=GROUP)
declare("hazards.responsibility.change", "修改隐患责任", group=GROUP)
declare("hazards.responsibility.void", "作废隐患责任", group=GROUP, sworn=True)

RULE_VIEW = declare("hazards.rule.view", "查看隐患分级规则", group=GROUP)
declare("hazards.rule.add", "登记隐患分级规则", group=GROUP)
declare("hazards.rule.change", "修改隐患分级规则", group=GROUP)
declare("hazards.rule.void", "作废隐患分级规则", group=GROUP, sworn=True)
