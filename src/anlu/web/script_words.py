"""What the scripts say: they have the Chinese, and get the English with the page."""

from __future__ import annotations

from functools import cache
from typing import Final

from anlu.kernel.core.language.words import in_english, word

WORDS: Final = (
    "全屏", "退出全屏", "地图", "关闭", "放大", "缩小", "米", "公里",
    "框选", "按住拖出一个矩形，只看其中的记录（也可按住 Shift 拖动）",
    "圈选", "逐点画出一个范围，双击或点回起点结束",
    "没有取到这一条，它可能已改动或不在您的管辖范围内。",
    "连不上服务器，请检查网络后再点。",
    "此处 {n} 条", "上一条", "下一条", "只看这条路上的", "只看这个路段上的", "打开",
    "连不上服务器，请检查网络后刷新本页。",
    "持平", "对比期为0", "下降", "上升", "（未满）", "今年", "上年", 
    "波动范围", "点击查看明细", "{n}时", "目标", "图", "合计",
    "取消", "确定", "连不上服务器，请检查网络后再试。", "没有办理这一项的权限，或登录已过期。请刷新页面后再试。",
    "这一项不存在，或不在您的管辖范围内。", "别人刚刚改过这一项，请刷新页面后再试。", "文件太大，服务器没有接收。",
    "同时办理的人太多，这次没有保存，填写的内容还在，请稍后再试。",
    "没有办成（代码 {n}），请稍后再试。",
    "填写的内容和选好的文件都还在。在新窗口登录以后，回到这里再提交一次。", "登录已过期", "去登录",
    "「{name}」超过 {value} MB，请压缩后再传", "文件太大",
    "暂停", "继续",
    "连不上服务器，道路、桩号保存时补上", "附近没有已知道路",
)  # fmt: skip


def words_of_scripts() -> dict[str, str]:
    """The English for each text of the scripts; empty in Chinese."""
    return _english() if in_english() else {}


@cache
def _english() -> dict[str, str]:
    return {text: word(text) for text in WORDS if word(text) != text}
