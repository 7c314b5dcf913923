"""Permissions of crashes."""

from anlu.kernel.core.permissions import declare

VIEW = declare("crashes.crash.view", "查看事故", group="源头管控")
ADD = declare("crashes.crash.add", "登记事故", group="源头管控")
CHANGE = declare("crashes.crash.change", "修改事故", group="源头管控")
VOID = declare("crashes.crash.void", "作废事故", group="源头管控", sworn=True)
IMPORT = declare("crashes.crash.import", "导入事故", group="源头管控")
EXPORT = declare("crashes.crash.export", "导出事故", group="源头管控")
REVEAL = declare("crashes.crash.reveal", "查看当事人证件号和电话", group="源头管控", sworn=True)
