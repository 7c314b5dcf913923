"""
One complete document of every kind that a brigade issues, with invented people and places.

They show what each kind looks like before there is data, and are what the layout is measured on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from itertools import cycle, islice
from typing import Final

from anlu.engine.documents.blocks import Block, Form, Paragraph
from anlu.engine.documents.paper import FormOf, Imprint, Paper, Signature
from anlu.engine.documents.sample_tables import record_form, service_form
from anlu.engine.documents.sample_texts import attachments_of, attendance_of, body_of

COUNTY: Final = "青澜县"
BRIGADE: Final = "青澜县公安局交通警察大队"
COMMITTEE: Final = "青澜县道路交通安全委员会办公室"
DAY: Final = date(2023, 7, 3)
# Characters without punctuation, so that every full line of a page is really full.
FILLING: Final = "道路交通安全隐患排查治理工作坚持预防为主防治结合突出重点分类施策压实责任协同联动"


@dataclass(frozen=True)
class Kind:
    """A kind of document: its code, its name, how it is laid out, whose it is, and what its sample is called."""

    code: str
    label: str
    form: FormOf
    issuer: str
    number: str
    title: str
    addressees: tuple[str, ...] = ()


KINDS: Final = (
    Kind(
        "referral",
        "隐患抄告单",
        "letter",
        BRIGADE,
        "青公交抄〔2023〕12号",
        "关于省道S316线柳湾路口视距遮挡隐患的抄告单",
        ("青澜县交通运输局",),
    ),
    Kind(
        "advice",
        "交通安全建议函",
        "letter",
        BRIGADE,
        "青公交函〔2023〕6号",
        "关于完善县道X021线东岭段照明设施的建议函",
        ("东岭镇人民政府",),
    ),
    Kind(
        "clearance", "排除妨碍通知书", "notice", BRIGADE, "青公交排〔2023〕4号", "排除妨碍通知书", ("沈某某",)
    ),
    Kind(
        "order",
        "责令消除隐患通知书",
        "notice",
        BRIGADE,
        "青公交责〔2023〕9号",
        "责令消除隐患通知书",
        ("青澜县远通货运有限公司",),
    ),
    Kind(
        "rectification",
        "整改通知书",
        "notice",
        COMMITTEE,
        "青交安办整〔2023〕3号",
        "道路交通安全隐患整改通知书",
        ("柳湾镇人民政府",),
    ),
    Kind(
        "interview_notice",
        "约谈通知书",
        "notice",
        COMMITTEE,
        "青交安办约〔2023〕2号",
        "约谈通知书",
        ("青澜县远通货运有限公司",),
    ),
    Kind("interview_record", "约谈记录", "plain", COMMITTEE, "", "约谈记录"),
    Kind(
        "supervision",
        "督办单",
        "letter",
        COMMITTEE,
        "青交安办督〔2023〕5号",
        "关于柳湾路口视距遮挡隐患逾期未整改的督办单",
        ("青澜县交通运输局",),
    ),
    Kind(
        "listing",
        "挂牌督办通知",
        "document",
        COMMITTEE,
        "青交安办挂〔2023〕1号",
        "关于对国道G512线东岭长下坡路段等3处道路交通安全隐患实行挂牌督办的通知",
        ("有关乡镇人民政府", "县直有关部门"),
    ),
    Kind(
        "delisting",
        "解除督办通知",
        "document",
        COMMITTEE,
        "青交安办解〔2023〕1号",
        "关于解除柳湾路口道路交通安全隐患挂牌督办的通知",
        ("青澜县交通运输局",),
    ),
    Kind(
        "inspection_bulletin",
        "督查通报",
        "bulletin",
        BRIGADE,
        "第8期",
        "关于6月份路面勤务和事故预防工作督查情况的通报",
        ("各中队", "机关各股室"),
    ),
    Kind(
        "exposure_bulletin",
        "曝光通报",
        "bulletin",
        BRIGADE,
        "第5期",
        "关于2023年第二季度重点车辆交通违法行为集中曝光的通报",
    ),
    Kind(
        "minutes",
        "调度会纪要",
        "minutes",
        BRIGADE,
        "纪要〔2023〕7期",
        "全县道路交通事故预防“减量控大”工作调度会纪要",
    ),
    Kind(
        "plan",
        "工作方案",
        "document",
        BRIGADE,
        "青公交〔2023〕31号",
        "关于印发全县夏季道路交通安全百日攻坚专项行动工作方案的通知",
        ("各中队", "机关各股室"),
    ),
    Kind("service_record", "送达回证", "plain", BRIGADE, "", "送达回证"),
    Kind(
        "accountability",
        "问责建议函",
        "letter",
        COMMITTEE,
        "青交安办问〔2023〕1号",
        "关于柳湾路口隐患整治责任落实不到位的问责建议函",
        ("中共青澜县纪律检查委员会",),
    ),
    Kind(
        "summary",
        "工作总结",
        "plain",
        BRIGADE,
        "",
        "筑牢防线 守护平安\n青澜县公安局交通警察大队2023年上半年工作总结",
    ),
    Kind("brief", "工作简报", "bulletin", BRIGADE, "第12期", "城关中队一日劝导三百人次 头盔佩戴率明显提升"),
    Kind(
        "notice",
        "通知",
        "document",
        BRIGADE,
        "青公交〔2023〕8号",
        "关于进一步加强全县农村地区平交路口交通安全隐患排查治理工作的通知",
        ("各中队", "机关各股室"),
    ),
    Kind(
        "report",
        "工作报告",
        "document",
        BRIGADE,
        "青公交〔2023〕27号",
        "关于2023年上半年道路交通事故预防工作情况的报告",
        ("青澜县公安局",),
    ),
)
BY_CODE: Final = {kind.code: kind for kind in KINDS}
BY_LABEL: Final = {kind.label: kind for kind in KINDS}
MARKS: Final = {
    "inspection_bulletin": "督查通报",
    "exposure_bulletin": "交通违法曝光通报",
    "minutes": "青澜县道路交通安全调度会纪要",
    "brief": "青澜公安交管工作简报",
}
SIGNED: Final = ("document", "letter", "notice")


def find_kind(name: str) -> Kind | None:
    """The kind of this code or name."""
    return BY_CODE.get(name) or BY_LABEL.get(name)


def sample(kind: Kind, body_chars: int | None = None) -> Paper:
    """
    A document of a kind.

    Parameters
    ----------
    body_chars
        Instead of the sample's text one paragraph of so many full-width characters; forms stay behind it.
    """
    paper = SPECIAL.get(kind.code, complete)(kind)
    if body_chars is None:
        return paper
    forms = [block for block in paper.body if isinstance(block, Form)]
    return replace(paper, body=(Paragraph(filling(body_chars)), *forms))


def filling(characters: int) -> str:
    """Running text of so many characters, without punctuation."""
    return "".join(islice(cycle(FILLING), characters))


def complete(kind: Kind) -> Paper:
    """A document with all that its layout carries."""
    signed = kind.form in SIGNED
    mark = MARKS.get(kind.code, kind.issuer)
    office = f"{kind.issuer}办公室" if kind.issuer == BRIGADE else kind.issuer
    return Paper(
        form=kind.form,
        title=kind.title,
        body=body_of(kind.code),
        issuers=(mark,),
        number=kind.number,
        issued_by=office if kind.form in ("bulletin", "minutes") else "",
        addressees=kind.addressees,
        attachments=attachments_of(kind.code),
        attendance=attendance_of(kind.code),
        signatures=(Signature(kind.issuer),) if signed else (),
        dated=DAY,
        sealed=signed,
        note="此件公开发布" if kind.code == "listing" else "",
        imprint=Imprint(office, DAY, ("县公安局", "县道路交通安全委员会各成员单位"))
        if kind.form in ("document", "bulletin", "minutes")
        else None,
    )


def upward(kind: Kind) -> Paper:
    """A report to the office above, which names who signed it."""
    return replace(complete(kind), signer="程某某", note="联系人：陆某，电话：0000-0000000")


def summary(kind: Kind) -> Paper:
    """A summary: title and date, no head and no seal."""
    paper = complete(kind)
    return replace(paper, issuers=(), issued_by="（2023年7月3日）", dated=None)


def filled_form(make: Callable[[], tuple[Block, ...]]) -> Callable[[Kind], Paper]:
    """A form under the name of its office."""

    def made(kind: Kind) -> Paper:
        return Paper("plain", f"{kind.issuer}\n{kind.label}", make())

    return made


SPECIAL: Final[dict[str, Callable[[Kind], Paper]]] = {
    "report": upward,
    "summary": summary,
    "interview_record": filled_form(record_form),
    "service_record": filled_form(service_form),
}
