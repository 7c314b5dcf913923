"""口径与数据质量: whether a fall is real, how complete and how late the records are (``practice`` 2)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import numpy as np
from django.db.models import Count
from numpy.typing import NDArray

from anlu.apps.crashes.statistics.content import Block, Content, Looking, crash_url
from anlu.apps.crashes.statistics.measures import CRASHES, Handling
from anlu.apps.crashes.statistics.tables import NAMES
from anlu.kernel.core.dictionaries import label_of
from anlu.kernel.indicators.define import Better, Leaf, indicators
from anlu.kernel.indicators.evaluate import Value, rows_of, values_of
from anlu.kernel.indicators.facts import snapshot_of
from anlu.kernel.indicators.window import Window
from anlu.web.figures import NOTHING, figure_of, in_words, rows_url, tone_of
from anlu.web.tables import Line, Number, NumberTable, change_of, number

HOUR: Final = timedelta(hours=1)
MICROSECONDS: Final = HOUR / timedelta(microseconds=1)  # of an hour
CARDS: Final = ("crash.ordinary_share", "crash.located_share", "crash.marked_share", "crash.fatal_share")
SHARES: Final = (*CARDS, "crash.deaths_per_100")
COUNTS: Final = (
    "crash.count",
    "crash.summary_hurt",
    "crash.late_deaths",
    "crash.filed_late",
    "crash.entered_late",
)


def quality(looking: Looking) -> Content:
    """Shares with both their parts, counts that explain them, delay of filing, marks."""
    codes = (*SHARES, *COUNTS)
    values = dict(
        zip(codes, values_of(map(indicators.get, codes), looking.window, looking.viewer), strict=True)
    )
    delays = delay_table(looking)
    return Content(
        finding=shift_finding(values["crash.count"], values["crash.summary_hurt"]),
        figures=[figure_of(values[code]) for code in CARDS],
        blocks=[
            Block(share_table([values[code] for code in SHARES])),
        ],
        pairs=[
            Block(count_table([values[code] for code in COUNTS])),
            Block(mark_table(looking)),
            Block(delays),
        ],
        hints=[HINT] if is_shift(values["crash.count"], values["crash.summary_hurt"]) else [],
    )


HINT: Final = (
    "一般程序事故比上年同期减少，而按简易程序处理的伤人事故增加："
    "起数下降可能部分来自处理程序的变化，请对照核实。"
)


def is_shift(ordinary: Value, summary: Value) -> bool:
    """一般程序 falls while injury crashes under 简易程序 rise."""
    return ordinary.direction == "down" and summary.direction == "up"


def shift_finding(ordinary: Value, summary: Value) -> str:
    """What happened to both, in one sentence without a judgement."""
    if not (ordinary.numerator or ordinary.previous or summary.numerator or summary.previous):
        return "处理程序：本期和上年同期都没有标明处理程序的伤亡事故"
    return f"一般事故{ordinary.words}，简易程序伤人事故{summary.words}"


# ------------------------------------------------------------------------------------------------ tables


def share_table(values: Sequence[Value]) -> NumberTable:
    """Each share with what is above and below the line, this period and last year."""
    return NumberTable(
        "shares",
        "比例与完整程度",
        "指标",
        ("比例", "分子", "分母", "上年同期", "变化"),
        tuple(Line(one.indicator.label, _share_numbers(one)) for one in values),
    )


def _share_numbers(value: Value) -> tuple[Number, ...]:
    one, window = value.indicator, value.window
    base = value.denominator or 0
    return (
        _worded(value.value, value, rows_url(one, window) if value.numerator else ""),
        number(value.numerator, url=rows_url(one, window)),
        number(base, url=rows_url(one, window, base=True)),
        _worded(value.previous, value, rows_url(one, value.previous_window) if value.previous else ""),
        Number(value.words or NOTHING, value.words, tone=tone_of(value)),
    )


def _worded(amount: object, value: Value, url: str) -> Number:
    assert amount is None or isinstance(amount, int | float)
    words, unit = in_words(amount, value.indicator)
    return Number(f"{words}{unit}", amount, url)


def count_table(values: Sequence[Value]) -> NumberTable:
    """Counts of this period and of last year."""
    return NumberTable(
        "counts",
        "程序变化、7日后死亡、迟立案与补录",
        "指标",
        ("本期", "上年同期", "变化"),
        tuple(
            Line(
                f"{one.indicator.label}({one.indicator.measure})",
                (
                    number(one.numerator, url=rows_url(one.indicator, one.window)),
                    number(int(one.previous or 0), url=rows_url(one.indicator, one.previous_window)),
                    Number(one.words, one.words, tone=tone_of(one)),
                ),
            )
            for one in values
        ),
    )


def _windows(looking: Looking) -> tuple[Window, Window]:
    return looking.window, looking.window.at(looking.window.period.previous_year())


def delay_table(looking: Looking) -> NumberTable:
    """Median time from crash to file, and how many files there are."""
    now, then = (_delays(looking, window) for window in _windows(looking))
    numbers = []
    for delays, window in zip((now, then), _windows(looking), strict=True):
        url = crash_url((*window.parameters(NAMES), ("filed", "1"))) if len(delays) else ""
        words = delay_words(float(np.median(delays)) if len(delays) else None)
        numbers += [Number(words, words, url), number(len(delays), url=url)]
    title = f"立案滞后中位数 {numbers[0].text}(上年同期 {numbers[2].text})"
    heads = ("中位数", "已立案起数") * 2
    line = Line("发生到立案", tuple(numbers))
    return NumberTable("delays", title, "时长", heads, (line,), (("本期", 2), ("上年同期", 2)))


def _delays(looking: Looking, window: Window) -> NDArray[np.float64]:
    """Hours from crash to file, of all crashes of a window that have a file, shape (n,)."""
    rows = rows_of(_everything(), window, looking.viewer).filter(filed_at__isnull=False).order_by()
    kept = snapshot_of(rows.model)
    if kept is not None:
        chosen = np.flatnonzero(kept.mask(rows))
        filed, occurred = (kept.column(name).numbers(chosen) for name in ("filed_at", "occurred_at"))
        found: NDArray[np.float64] = (filed - occurred) / MICROSECONDS
        return found
    pairs = rows.values_list("occurred_at", "filed_at")
    return np.array([(filed - occurred) / HOUR for occurred, filed in pairs], dtype=np.float64)


def _everything() -> Leaf:
    return CRASHES.leaf(Handling.ALL)


def delay_words(hours: float | None) -> str:
    """5小时 below two days, else 3.5天; — where nothing is known."""
    if hours is None:
        return NOTHING
    return f"{hours:.0f}小时" if hours < 48 else f"{hours / 24:.1f}天"


def mark_table(looking: Looking) -> NumberTable:
    """How many crashes carry each quality mark; one crash may carry several."""
    now, then = (_marks(looking, window) for window in _windows(looking))
    lines = []
    for code in sorted(now | then, key=lambda code: -now[code]):
        numbers = [
            number(marks[code], url=crash_url((*window.parameters(NAMES), ("mark", code))))
            for marks, window in zip((now, then), _windows(looking), strict=True)
        ]
        change = change_of(now[code], then[code], Better.DOWN)
        lines.append(Line(label_of("crash.mark", code), (*numbers, change)))
    most = f"：{lines[0].label}最多" if lines else ""
    return NumberTable(
        "marks",
        f"质量标记{most}",
        "标记",
        ("本期", "上年同期", "变化"),
        tuple(lines),
        note="一起事故可以有几个标记；标记是疑点，不是错误",
    )


def _marks(looking: Looking, window: Window) -> Counter[str]:
    rows = rows_of(_everything(), window, looking.viewer).filter(marked=True).order_by()
    found: Counter[str] = Counter()
    kept = snapshot_of(rows.model)
    if kept is not None:
        groups = [
            (json.loads(marks), count) for marks, count in kept.grouped(rows, ["marks"], [_everything()])
        ]
    else:
        counted = rows.values_list("marks").annotate(count=Count("pk"))
        groups = list(counted.values_list("marks", "count"))
    for marks, count in groups:
        for code in marks:
            found[code] += count
    return found
