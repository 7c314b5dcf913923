"""
Numbers that identify persons, organisations and vehicles: checked, with the reason in Chinese, and masked.

The reasons never repeat the number: they are shown in lists and refused-rows files where the number itself is
masked. Rules, sources and examples: ``docs/methods/identity.md``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final, Literal

from stdnum import numdb
from stdnum.cn import ric, uscc


class IdentityError(ValueError):
    """The number cannot be right; the message says why, in Chinese and without the number."""


def normalised(text: str) -> str:
    """Half-width, upper case, without blanks, dots and hyphens: as numbers are stored and searched."""
    plain = re.sub(r"[\s·•.\-‐–—]", "", unicodedata.normalize("NFKC", text)).upper()
    return unicodedata.normalize("NFKC", plain)  # again: taking characters out can bring others together


# --- persons (GB 11643-1999)

FIRST_BIRTH_YEAR: Final = 1900
# Residence permits of people from Hong Kong, Macao and Taiwan carry these in place of a county.
_PERMIT_REGIONS: Final = frozenset({"810000", "820000", "830000"})


@dataclass(frozen=True, slots=True)
class CitizenId:
    """
    A checked citizen identity number.

    ``number`` always has 18 characters; one of the old 15-digit kind is brought up to it. ``region`` is the
    county code at the time of first registration, which may have been abolished since.
    """

    number: str
    region: str
    born_on: date
    sex: Literal["男", "女"]


def parse_citizen_id(text: str, *, today: date) -> CitizenId:
    """
    Check a citizen identity number of 18 characters, or 15 digits.

    Raises
    ------
    IdentityError
        Wrong length or characters, a region that never existed, an impossible birth date (``today`` decides
        what lies in the future), or a wrong check character.
    """
    number = normalised(text)
    if len(number) not in (15, 18):
        raise IdentityError(f"身份证号应为18位(旧号15位), 发现{len(number)}位")
    old = len(number) == 15
    if not re.fullmatch(r"[0-9]{15}|[0-9]{17}[0-9X]", number):
        raise IdentityError("身份证号只能是数字, 末位可以是X")
    if old:
        number = _with_check(number[:6] + "19" + number[6:])
    if not _region_known(number[:6]):
        raise IdentityError("身份证号前6位不是曾经存在的行政区划代码")
    born_on = _birth_date(number[6:14], today)
    if number != _with_check(number[:17]):
        raise IdentityError("身份证号校验码不符")
    return CitizenId(number, number[:6], born_on, "男" if int(number[16]) % 2 else "女")


def _with_check(digits: str) -> str:
    return digits + ric.calc_check_digit(digits + "0")


def _birth_date(digits: str, today: date) -> date:
    try:
        born_on = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise IdentityError("身份证号中的出生日期不存在") from None
    if born_on > today:
        raise IdentityError("身份证号中的出生日期在今天之后")
    if born_on.year < FIRST_BIRTH_YEAR:
        raise IdentityError(f"身份证号中的出生日期早于{FIRST_BIRTH_YEAR}年")
    return born_on


@cache
def _region_known(region: str) -> bool:
    """
    Whether a county of this code exists or has existed.

    The years of the table are left aside: a number follows the code in force when it was given, which may be
    long after birth.
    """
    if region in _PERMIT_REGIONS:
        return True
    return any("county" in facts for _, facts in numdb.get("cn/loc").info(region))


# --- organisations (GB 32100-2015, GB 11714-1997)

_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_USCC_FORM: Final = re.compile(r"[1-9ANY][0-9A-HJ-NP-RTUWXY][0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}")


def parse_credit_code(text: str) -> str:
    """
    Check a unified social credit code (统一社会信用代码) and give it back in upper case.

    Raises
    ------
    IdentityError
        Wrong length, a character that the code does not use, or a wrong check character.
    """
    code = normalised(text)
    if len(code) != 18:
        raise IdentityError(f"统一社会信用代码应为18位, 发现{len(code)}位")
    if not _USCC_FORM.fullmatch(code):
        raise IdentityError("统一社会信用代码含有不该出现的字符(不用I、O、S、V、Z, 第3至8位为数字)")
    if uscc.calc_check_digit(code[:17]) != code[17]:
        raise IdentityError("统一社会信用代码校验码不符")
    return code


def parse_organisation_code(text: str) -> str:
    """
    Check an organisation code (组织机构代码, eight characters and a check) and give it back without hyphen.

    Raises
    ------
    IdentityError
        Wrong length or characters, or a wrong check character.
    """
    code = normalised(text)
    if len(code) != 9:
        raise IdentityError(f"组织机构代码应为9位, 发现{len(code)}位")
    if not re.fullmatch(r"[0-9A-Z]{8}[0-9X]", code):
        raise IdentityError("组织机构代码只能是数字和大写字母")
    if organisation_check(code[:8]) != code[8]:
        raise IdentityError("组织机构代码校验码不符")
    return code


def organisation_check(body: str) -> str:
    """Check character of the eight characters of an organisation code."""
    total = sum(int(each, 36) * weight for each, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


# --- vehicles (GB 16735-2019, GA 36-2018)

_VIN_VALUES: Final = dict(
    zip(
        "0123456789ABCDEFGHJKLMNPRSTUVWXYZ",
        (*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)),
        strict=True,
    )
)
_VIN_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


@dataclass(frozen=True, slots=True)
class Vin:
    """A vehicle identification number; ``warning`` when its check digit differs, which is no error."""

    number: str
    warning: str = ""


def parse_vin(text: str) -> Vin:
    """
    Check a vehicle identification number.

    Raises
    ------
    IdentityError
        Wrong length, or a character that is not used. A differing check digit only warns: not all makers
        keep it.
    """
    number = normalised(text)
    if len(number) != 17:
        raise IdentityError(f"车辆识别代号应为17位, 发现{len(number)}位")
    if not all(each in _VIN_VALUES for each in number):
        raise IdentityError("车辆识别代号只能是数字和大写字母, 不用I、O、Q")
    return Vin(number, "" if vin_check(number) == number[8] else "车辆识别代号第9位校验位不符")


def vin_check(number: str) -> str:
    """Check digit that belongs in the ninth place of a 17-character VIN."""
    total = sum(_VIN_VALUES[each] * weight for each, weight in zip(number, _VIN_WEIGHTS, strict=True))
    return "0123456789X"[total % 11]


PROVINCES: Final = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_LETTERS: Final = "A-HJ-NP-Z"
_PLATE: Final = re.compile(
    rf"[{PROVINCES}][{_LETTERS}]"
    rf"(?:[{_LETTERS}0-9]{{5}}|[{_LETTERS}0-9]{{4}}[挂学警港澳]"
    rf"|[DFABCEGHJK][{_LETTERS}0-9][0-9]{{4}}|[0-9]{{5}}[DF])"
)


def parse_plate(text: str) -> str:
    """
    Check a number plate (GA 36-2018) and give it back in the form it is stored in.

    Covers ordinary plates, those with 挂 学 警 港 澳, and new-energy plates. Plates of the armed forces,
    embassies, farm machines and electric bicycles follow other rules: keep those as free text.

    Raises
    ------
    IdentityError
        It is not such a plate; the message says which part is wrong.
    """
    plate = normalised(text)
    if _PLATE.fullmatch(plate):
        return plate
    raise IdentityError(_what_is_wrong(plate))


def _what_is_wrong(plate: str) -> str:
    if not plate or plate[0] not in PROVINCES:
        return "号牌第1位应为省份简称"
    if not re.fullmatch(f"[{_LETTERS}]", plate[1:2]):
        return "号牌第2位应为字母(不用I、O)"
    if len(plate) not in (7, 8):
        return f"号牌应为7位(新能源8位), 发现{len(plate)}位"
    if re.search("[IO]", plate[2:]):
        return "号牌序号不用字母I、O"
    if len(plate) == 8:
        return "新能源号牌应为字母D、F等在第3位(小型)或D、F在末位(大型), 其余为数字"
    return "号牌序号应为5位字母数字, 末位可以是挂、学、警、港、澳"


# --- masking


def mask_name(name: str) -> str:
    """``张*`` whatever the length of the name; a single character is hidden whole."""
    stripped = name.strip()
    return stripped[:1] + "*" if len(stripped) > 1 else "*" * len(stripped)


def mask_phone(phone: str) -> str:
    """``138****0001``; a number of another length keeps at most its last two digits."""
    number = re.sub(r"^\+?86(?=1[0-9*]{10}$)", "", normalised(phone))
    if len(number) == 11:
        return f"{number[:3]}****{number[-4:]}"
    return _ending_in(number, 2)


def mask_id(number: str) -> str:
    """``3715**********002X``: the prefecture and the last four; shorter numbers keep their last two."""
    plain = normalised(number)
    if len(plain) >= 15:
        return plain[:4] + "*" * (len(plain) - 8) + plain[-4:]
    return _ending_in(plain, 2)


def _ending_in(text: str, shown: int) -> str:
    kept = shown if len(text) >= 3 * shown else 0
    return "*" * (len(text) - kept) + text[len(text) - kept :]
