"""Reads of the dated rules: which combination is allowed and why not, who may sign, what a kind asks for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeVar

from django.db.models import F

from anlu.kernel.core.errors import AnluError, NotAllowed
from anlu.kernel.core.scope import Viewer
from anlu.kernel.documents.define import ADDRESSEES, Addressee, DocumentKind, kinds
from anlu.kernel.documents.models import Combination, Document, KindRule, LegalBasis, Letterhead, SigningRule
from anlu.kernel.documents.models.rules import Dated
from anlu.kernel.people.access import valid_on
from anlu.kernel.people.models import Grant, Officer, OfficerKind, Unit, UnitKind

D = TypeVar("D", bound=Dated)

ADDRESSEE_OF: Final[dict[str, Addressee]] = {
    UnitKind.DEPARTMENT: Addressee.DEPARTMENT,
    UnitKind.TOWN_OFFICE: Addressee.TOWN,
    UnitKind.VILLAGE_POST: Addressee.TOWN,
    UnitKind.ENTERPRISE: Addressee.ENTERPRISE,
    UnitKind.MEDICAL: Addressee.ENTERPRISE,
    UnitKind.FUND: Addressee.DEPARTMENT,
    UnitKind.SQUADRON: Addressee.OWN,
    UnitKind.OFFICE: Addressee.OWN,
    UnitKind.VEHICLE_OFFICE: Addressee.OWN,
    UnitKind.BRIGADE: Addressee.OWN,
    UnitKind.DETACHMENT: Addressee.SUPERIOR,
    UnitKind.COMMITTEE: Addressee.COMMITTEE,
    UnitKind.GOVERNMENT: Addressee.GOVERNMENT,
}
POLICE: Final = frozenset(
    {UnitKind.DETACHMENT, UnitKind.BRIGADE, UnitKind.SQUADRON, UnitKind.OFFICE, UnitKind.VEHICLE_OFFICE}
)
SIGNS: Final = frozenset(
    {OfficerKind.SWORN, OfficerKind.LIAISON}
)  # 辅警 and everybody else draft, never sign


def addressee_of(unit: Unit, *, issuer: Unit) -> Addressee:
    """What a unit is to an issuer: its own, a department, a town ..."""
    if unit.kind in POLICE and issuer.kind not in POLICE:
        return Addressee.DEPARTMENT
    if unit.kind == UnitKind.COMMITTEE and issuer.kind == UnitKind.COMMITTEE:
        return Addressee.OWN
    return ADDRESSEE_OF[unit.kind]


class WrongCombination(AnluError):
    """Issuer, addressee and legal basis that do not go together for a kind of document: no number."""


class NoLetterhead(AnluError):
    """The unit has no office name and mark for its papers."""


def in_force(model: type[D], on: date) -> Any:
    """Live rows of a dated table that hold on a day."""
    return model.objects.live().filter(valid_on(on))


# The latest first; a row without a first day is older than any that has one, on both databases.
LATEST: Final = (F("valid_from").desc(nulls_last=True), "-pk")


# ------------------------------------------------------------------------------------------------ combinations
def require_combination(
    kind: DocumentKind, unit: Unit, addressee: str, bases: Iterable[str], *, on: date
) -> list[LegalBasis]:
    """
    The legal bases of an allowed combination, in the order in which they were stated.

    Raises
    ------
    WrongCombination
        With the reason, and what is allowed instead.
    """
    allowed = list(in_force(Combination, on).filter(kind=kind.code))
    ours = [one for one in allowed if one.issuer == unit.kind]
    if not ours:
        issuers = "、".join(dict.fromkeys(one.get_issuer_display() for one in allowed))
        instead = f"，只能由{issuers}发出" if issuers else "，没有登记谁可以发"
        raise WrongCombination(f"{unit.get_kind_display()}不能发「{kind.label}」{instead}")
    fitting = [one for one in ours if one.addressee == addressee]
    if not fitting:
        others = "、".join(dict.fromkeys(one.get_addressee_display() or "无主送" for one in ours))
        said = ADDRESSEES.get(Addressee(addressee), addressee) if addressee else "无主送"
        raise WrongCombination(
            f"{unit.get_kind_display()}的「{kind.label}」不能发给{said}，可以发给：{others}"
            + _instead(unit, addressee, on)
        )
    wanted = list(dict.fromkeys(bases))
    codes = {one.basis for one in fitting}
    wrong = [code for code in wanted if code not in codes]
    known = {one.code: one for one in in_force(LegalBasis, on).filter(code__in=[*wanted, *codes])}
    may_cite = "、".join(str(known[code]) for code in sorted(codes) if code in known)
    if wrong:
        name = LegalBasis.objects.live().filter(code=wrong[0]).first()
        cited = str(name) if name else wrong[0]
        raise WrongCombination(
            f"「{kind.label}」不能以{cited}为依据" + (f"，可引用：{may_cite}" if may_cite else "")
        )
    if not wanted and "" not in codes:
        raise WrongCombination(f"「{kind.label}」须写明法律依据，可引用：{may_cite or '（依据均已失效）'}")
    ended = [code for code in wanted if code not in known]
    if ended:
        raise WrongCombination(f"法律依据「{ended[0]}」在 {on} 未生效或已失效")
    return [known[code] for code in wanted]


def _instead(unit: Unit, addressee: str, on: date) -> str:
    """What this issuer can send to that addressee instead."""
    others = (
        in_force(Combination, on).filter(issuer=unit.kind, addressee=addressee).values_list("kind", flat=True)
    )
    labels = [kinds.get(code).label for code in dict.fromkeys(others) if code in kinds]
    return f"；对其可用：{'、'.join(labels)}" if labels and addressee else ""


def default_bases(kind: str, unit: Unit, addressee: str, *, on: date) -> list[str]:
    """Bases of the combinations that fit, as a draft begins with them."""
    found = (
        in_force(Combination, on).filter(kind=kind, issuer=unit.kind, addressee=addressee).exclude(basis="")
    )
    codes = list(found.order_by("pk").values_list("basis", flat=True))
    live = set(in_force(LegalBasis, on).filter(code__in=codes).values_list("code", flat=True))
    return [code for code in dict.fromkeys(codes) if code in live]


# ------------------------------------------------------------------------------------------------ letterheads
def letterhead_of(unit: Unit, *, on: date) -> Letterhead | None:
    """The office name and mark of a unit on a day."""
    found: Letterhead | None = in_force(Letterhead, on).filter(unit=unit).order_by(*LATEST).first()
    return found


def require_letterhead(unit: Unit, *, on: date) -> Letterhead:
    """
    As ``letterhead_of``.

    Raises
    ------
    NoLetterhead
        None is registered.
    """
    found = letterhead_of(unit, on=on)
    if found is None:
        raise NoLetterhead(
            f"「{unit}」没有登记发文机关标志和机关代字，不能编号；请在 系统›公文模板›发文机关 中登记"
        )
    return found


# ------------------------------------------------------------------------------------------------ kinds
@dataclass(frozen=True)
class Asked:
    """What is asked of a kind on a day."""

    reply_days: int | None
    delivery: bool
    retention_years: int


def kind_rules() -> list[KindRule]:
    """Live rules of all kinds, the latest first."""
    return list(KindRule.objects.live().order_by(*LATEST))


def asked_of(kind: DocumentKind, *, on: date, rules: Iterable[KindRule] | None = None) -> Asked:
    """
    The dated rule of a kind; where none holds, what its declaration says.

    Parameters
    ----------
    rules
        As ``kind_rules`` gives them, for whoever asks many times.
    """
    known = in_force(KindRule, on).filter(kind=kind.code).order_by(*LATEST)[:1] if rules is None else rules
    rule = next((one for one in known if one.kind == kind.code and one.in_force(on)), None)
    if rule is None:
        return Asked(kind.reply_days, kind.delivery, kind.retention_years)
    return Asked(rule.reply_days, rule.delivery, rule.retention_years)


# ------------------------------------------------------------------------------------------------ signing
class Signing:
    """What one person may sign on a day; reads their roles and the rules once, for any number of documents."""

    def __init__(self, viewer: Viewer, *, on: date) -> None:
        self.viewer = viewer
        self.rules = list(in_force(SigningRule, on))
        self.held: set[str] = set()
        if isinstance(viewer, Officer):
            self.held = set(
                Grant.objects.filter(valid_on(on), officer=viewer).values_list("role__code", flat=True)
            )

    def why_not(self, document: Document, *, amount: Decimal | None = None) -> str:
        """ "" when this person may sign the document; else why not."""
        viewer = self.viewer
        if not isinstance(viewer, Officer):
            return "文书须由有权人签发，系统只能拟稿"
        if viewer.kind not in SIGNS:
            return f"{viewer.get_kind_display()}可以拟稿，不能签发"
        if document.unit.kind in POLICE and not viewer.sworn:
            return "公安机关的文书只能由民警签发"
        if document.created_by == viewer.uid:
            return "拟稿人不能签发自己拟的稿"
        mine = [one for one in self.rules if one.role in self.held and _covers(one, document)]
        if not mine:
            return f"签发权限表没有授权您签发「{kinds.get(document.kind).label}」"
        if amount is not None and not any(
            one.amount_up_to is None or amount <= one.amount_up_to for one in mine
        ):
            most = max(one.amount_up_to for one in mine if one.amount_up_to is not None)
            return f"金额 {amount} 元超过您的签发上限 {most} 元"
        return ""


def why_not_sign(document: Document, viewer: Viewer, *, on: date, amount: Decimal | None = None) -> str:
    """ "" when this person may sign the document; else why not."""
    return Signing(viewer, on=on).why_not(document, amount=amount)


def _covers(rule: SigningRule, document: Document) -> bool:
    return (
        rule.kind in ("", document.kind)
        and rule.issuer in ("", document.unit.kind)
        and rule.unit_id in (None, document.unit_id)
    )


def require_signer(document: Document, viewer: Viewer, *, on: date, amount: Decimal | None = None) -> None:
    """
    Raises
    ------
    NotAllowed
        ``viewer`` may not sign it, with the reason.
    """
    why = why_not_sign(document, viewer, on=on, amount=amount)
    if why:
        raise NotAllowed(why)
