"""Permissions of publicity."""

from anlu.kernel.core.permissions import declare

GROUP = "宣传教育"

SERIES_VIEW = declare("publicity.series.view", "查看系列", group=GROUP)
COLUMN_VIEW = declare("publicity.column.view", "查看栏目", group=GROUP)
PIECE_VIEW = declare("publicity.piece.view", "查看稿件", group=GROUP)

for _code, _noun in (("publicity.series", "系列"), ("publicity.column", "栏目"), ("publicity.piece", "稿件")):
    declare(f"{_code}.add", f"登记{_noun}", group=GROUP)
    declare(f"{_code}.change", f"修改{_noun}", group=GROUP)
    declare(f"{_code}.void", f"作废{_noun}", group=GROUP, sworn=True)
    declare(f"{_code}.export", f"导出{_noun}", group=GROUP)
