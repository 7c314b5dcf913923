"""
Long titles broken by meaning into a trapezoid or rhombus (GB/T 9704-2012 7.3.1).

A line never begins with a particle, never ends between the characters of a word of the trade, and no two lines
are about equally long where another break is possible.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Final

from anlu.engine.documents.widths import is_wide

CAPACITY: Final = 19  # 二号 characters in 156 mm, one less than fit
# Words of the trade that are not torn apart; where several fit, the longest is taken.
LEXICON: Final = """
关于 印发 转发 开展 加强 做好 进一步 推进 深化 组织 召开 成立 调整 报送 严格 规范 落实
解除 切实 持续 认真 全面 道路 交通 安全 公路 国道 省道 县道 乡道 农村 地区 全县 全市
平交路口 交通警察大队 道路交通事故 道路交通安全 交叉口 城区 路段 路口 路侧 隐患 排查 治理
整治 整改 专项 行动 工作 方案 通知 通报 报告 请示 批复 意见 函 建议函 建议 纪要 会议
调度会 总结 简报 通告 公告 决定 事故 预防 减量 控大 攻坚 百日 夏季 冬季 春运 暑期 汛期
国庆 节日 期间 上半年 下半年 年度 季度 情况 问题 责任 考核 督办 挂牌 督查 约谈 曝光 交办
抄告 函告 限期 书 电动 自行车 摩托车 三轮车 货车 客车 校车 面包车 拖拉机 车辆 驾驶人
驾驶员 企业 单位 重点 部门 街道 乡镇 中队 大队 支队 总队 公安局 交通警察 交警 交通运输局
应急管理局 农业农村局 人民政府 委员会 办公室 领导小组 联席会议 安委办 有限公司 违法 行为 超员
超载 超速 酒驾 醉驾 疲劳 驾驶 头盔 安全带 佩戴 一盔一带 集中 统一 宣传 教育 培训 劝导
巡查 勤务 管理 执法 监督 检查 实施 细则 办法 规定 标准 机制 制度 体系 建设 提升 能力
形势 分析 研判 研究 部署 任务 分工 清单 台账 突出 严重 典型 案例 视距 遮挡 标志 标线
信号灯 护栏 减速带 照明 通行 秩序 保障 应急 处置 救援 预案 演练 有关 事项 若干 各类
"""
WORDS: Final = tuple(sorted(LEXICON.split(), key=len, reverse=True))
# A line does not begin with these …
NOT_FIRST: Final = frozenset("的地得了和与及或等暨、，。：；！？）》」』”’〕")
# … and does not end with these.
NOT_LAST: Final = frozenset("和与及或暨在对将向从（《「『“‘〔第各")
TORN: Final = 40.0
UNKNOWN: Final = 6.0
OFFICE: Final = -15.0
YEAR: Final = 12.0
ANOTHER_LINE: Final = 9.0
EVEN: Final = 9.0
WAIST: Final = 14.0
LONELY: Final = 25.0
LIGHT: Final = {"关于": 5.0, "第": 9.0}


def title_lines(title: str, capacity: int = CAPACITY) -> tuple[str, ...]:
    """
    The lines of a title; line breaks that are in it already are kept.

    Parameters
    ----------
    capacity
        Most characters of a line.
    """
    given = [line.strip() for line in title.strip().splitlines() if line.strip()]
    if len(given) > 1:
        return tuple(line for each in given for line in title_lines(each, capacity))
    text = given[0]
    if width(text) <= capacity:
        return (text,)
    fewest = math.ceil(width(text) / capacity)
    costs = break_costs(text)
    best: tuple[float, tuple[str, ...]] | None = None
    for count in (fewest, fewest + 1):
        for lines, cost in candidates(text, count, capacity, costs):
            cost += ANOTHER_LINE * (count - fewest)
            if best is None or cost < best[0]:
                best = cost, lines
    if best is None:  # more lines than are worth weighing: a text, not a title
        return tuple(text[at : at + capacity] for at in range(0, len(text), capacity))
    return best[1]


def width(text: str) -> float:
    """Width in characters; figures and Western letters count half."""
    return sum(1.0 if is_wide(each) else 0.5 for each in text)


def candidates(
    text: str, count: int, capacity: int, costs: list[float]
) -> Iterator[tuple[tuple[str, ...], float]]:
    """Every way to break into so many lines, with its cost."""
    if count > 4:
        return
    for breaks in itertools.combinations(range(2, len(text) - 1), count - 1):
        edges = (0, *breaks, len(text))
        lines = tuple(text[start:end] for start, end in itertools.pairwise(edges))
        lengths = [width(line) for line in lines]
        if max(lengths) > capacity:
            continue
        yield lines, sum(costs[at] for at in breaks) + shape_cost(lengths)


def shape_cost(lengths: list[float]) -> float:
    """How far lines are from a trapezoid or rhombus: waists, equal lengths, a lonely short line."""
    cost = 0.0
    for one, other in itertools.pairwise(lengths):
        cost += EVEN if abs(one - other) < 1 else EVEN / 3 if abs(one - other) < 2 else 0.0
        cost += 0.8 * max(0, abs(one - other) - 4)
    for before, middle, after in zip(lengths, lengths[1:], lengths[2:], strict=False):
        if middle < before and middle < after:
            cost += WAIST
    if min(lengths) < max(lengths) / 3 or min(lengths) < 4:
        cost += LONELY
    return cost


def break_costs(text: str) -> list[float]:
    """What a break in front of each character costs: little between two known words, much within one."""
    costs = [UNKNOWN] * len(text)
    for start, end in words_of(text):
        if end - start > 1:
            costs[start] /= 3
            if end < len(text):
                costs[end] = costs[end] / 3 + LIGHT.get(text[start:end], 0.0)
            for at in range(start + 1, end):
                costs[at] = TORN
    for at in range(1, len(text)):
        if text[at - 1] in "的、，》":
            costs[at] = 0.0
        if text.startswith("关于", at):
            costs[at] = OFFICE  # behind the office
        if text[at] in NOT_FIRST or text[at - 1] in NOT_LAST:
            costs[at] = TORN
        if text[at - 1].isascii() and text[at].isascii():
            costs[at] = TORN
        if text[at - 1].isdigit() and text[at] in "年月日号期起条个次天":
            costs[at] = TORN
        if text[at - 1] in "年月" and text[at - 2].isdigit():  # 2023年|上半年
            costs[at] += YEAR
    return costs


def words_of(text: str) -> Iterator[tuple[int, int]]:
    """Places of known words, the longest first; what is unknown is passed over by single characters."""
    at = 0
    while at < len(text):
        word = next((each for each in WORDS if text.startswith(each, at)), text[at])
        yield at, at + len(word)
        at += len(word)
