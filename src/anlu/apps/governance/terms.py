"""Dictionaries of governance."""

OFFICES = "governance.office"  # 主任单位, 副主任单位, 成员单位
AGENDA = "governance.agenda"  # which families of cases a dispatch meeting goes through
PURPOSES = "governance.secondment"  # what people are seconded for: 专班, 联合执法 ...
