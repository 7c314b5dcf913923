"""Permissions of documents. Who may sign which document is data beyond these (``signing``)."""

from anlu.kernel.core.permissions import declare

GROUP = "综合治理"

VIEW = declare("documents.document.view", "查看公文", group=GROUP)
DRAFT = declare("documents.document.draft", "拟稿", group=GROUP)
CHECK = declare("documents.document.check", "核稿", group=GROUP)
SIGN = declare("documents.document.sign", "签发", group=GROUP)
ISSUE = declare("documents.document.issue", "编号印发", group=GROUP)
DELIVER = declare("documents.document.deliver", "登记送达", group=GROUP)
REPLY = declare("documents.document.reply", "登记回复", group=GROUP)
WITHDRAW = declare("documents.document.withdraw", "撤回公文", group=GROUP, sworn=True)
VOID = declare("documents.document.void", "作废未编号的拟稿", group=GROUP)
EXPORT = declare("documents.document.export", "导出公文登记簿", group=GROUP)
APPRAISE = declare("documents.document.appraise", "鉴定到期公文", group=GROUP)
DESTROY = declare("documents.document.destroy", "批准销毁公文", group=GROUP, sworn=True)
REVEAL = declare("documents.document.reveal", "查看公文中的个人信息", group=GROUP, sworn=True)

TEMPLATE_VIEW = declare("documents.template.view", "查看公文模板", group="系统")
TEMPLATE_CHANGE = declare("documents.template.change", "维护公文模板", group="系统")
PHRASE_VIEW = declare("documents.phrase.view", "查看规范表述库", group="系统")
PHRASE_CHANGE = declare("documents.phrase.change", "维护规范表述库", group="系统")
PHRASE_EXPORT = declare("documents.phrase.export", "导出规范表述库", group="系统")
RULE_VIEW = declare("documents.rule.view", "查看发文规则", group="系统")
RULE_CHANGE = declare("documents.rule.change", "维护发文规则", group="系统")
