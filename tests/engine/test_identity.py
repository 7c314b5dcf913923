"""Identity numbers against the standards' own examples. No number here belongs to a real person."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from anlu.engine.identity import (
    CitizenId,
    IdentityError,
    Vin,
    mask_id,
    mask_name,
    mask_phone,
    normalised,
    organisation_check,
    parse_citizen_id,
    parse_credit_code,
    parse_organisation_code,
    parse_plate,
    parse_vin,
    vin_check,
)

TODAY = date(2023, 7, 3)
STANDARD = "11010519491231002X"  # the example of GB 11643-1999
CREDIT_CODES = ["91350100M000100Y43", "11371581000000001G"]
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def with_check(digits: str) -> str:
    """18 characters by the weights as the standard prints them."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
    return digits + "10X98765432"[total % 11]


def refused(parse, text, reason, **options):
    with pytest.raises(IdentityError, match=reason) as caught:
        parse(text, **options)
    assert len(text) < 6 or text not in str(caught.value)


# --- persons


def test_the_example_of_the_standard_is_right():
    assert parse_citizen_id(STANDARD, today=TODAY) == CitizenId(STANDARD, "110105", date(1949, 12, 31), "女")


@pytest.mark.parametrize(
    "text", ["11010519491231002x", " 110105 19491231 002X ", "１１０１０５１９４９１２３１００２Ｘ"]
)
def test_case_blanks_and_width_do_not_matter(text):
    assert parse_citizen_id(text, today=TODAY).number == STANDARD


def test_an_old_number_is_brought_up_to_18_characters():
    assert parse_citizen_id("110105491231002", today=TODAY).number == STANDARD


@pytest.mark.parametrize(
    ("digits", "why_right"),
    [
        ("37250219600101001", "临清 until 1997"),
        ("37158119600101001", "numbered long after birth, by the code in force then"),
        ("37150319900101001", "茌平 became a district in 2019"),
        ("83000019900101001", "residence permit"),
    ],
)
def test_regions_of_any_time_are_known(digits, why_right):
    assert parse_citizen_id(with_check(digits), today=TODAY).region == digits[:6], why_right


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("110105194912310021", "校验码不符"),
        ("11010519491231002", "发现17位"),
        ("", "发现0位"),
        ("1101051949123100AX", "只能是数字"),
        ("11010519491231X02X", "只能是数字"),
        (with_check("11010519490230002"), "出生日期不存在"),
        (with_check("11010519491331002"), "出生日期不存在"),
        (with_check("11010520230704002"), "在今天之后"),
        (with_check("11010518991231002"), "早于1900年"),
        (with_check("37999919491231002"), "行政区划"),
        (with_check("99010119491231002"), "行政区划"),
        ("999999491231002", "行政区划"),
    ],
)
def test_an_impossible_number_is_refused_with_its_reason_and_not_repeated(text, reason):
    refused(parse_citizen_id, text, reason, today=TODAY)


def test_somebody_born_today_has_a_number():
    assert parse_citizen_id(with_check("37158120230703001"), today=TODAY).born_on == TODAY


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999))
def test_every_number_with_the_right_check_is_accepted_and_with_another_refused(born_on, sequence):
    digits = f"371581{born_on:%Y%m%d}{sequence:03}"
    right = with_check(digits)
    parsed = parse_citizen_id(right, today=TODAY)
    assert (parsed.born_on, parsed.sex) == (born_on, "男" if sequence % 2 else "女")
    for check in "0123456789X":
        if digits + check != right:
            refused(parse_citizen_id, digits + check, "校验码", today=TODAY)


@given(st.integers(0, 16), st.integers(1, 9))
def test_a_single_wrong_digit_is_always_noticed(place, shift):
    digit = str((int(STANDARD[place]) + shift) % 10)
    refused(parse_citizen_id, STANDARD[:place] + digit + STANDARD[place + 1 :], "身份证号", today=TODAY)


# --- organisations


@pytest.mark.parametrize("code", CREDIT_CODES)
def test_known_credit_codes_are_right(code):
    assert parse_credit_code(code.lower()) == code


def test_other_registrars_may_have_a_letter_in_front():
    # 农业农村 registers village co-operatives under N2
    body = "N2371581MF0000001"
    values = sum(CREDIT_ALPHABET.index(each) * pow(3, place, 31) for place, each in enumerate(body))
    assert parse_credit_code(body + CREDIT_ALPHABET[-values % 31]).startswith("N2")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("91350100M000100Y4", "发现17位"),
        ("91350100M000100Y44", "校验码不符"),
        ("91350100I000100Y43", "不该出现"),
        ("9135010AM000100Y43", "不该出现"),
    ],
)
def test_a_wrong_credit_code_is_refused(text, reason):
    refused(parse_credit_code, text, reason)


@given(st.sampled_from(CREDIT_CODES), st.integers(8, 17), st.sampled_from(CREDIT_ALPHABET))
def test_a_single_wrong_character_of_a_credit_code_is_noticed(code, place, other):
    changed = code[:place] + other + code[place + 1 :]
    if changed != code:
        refused(parse_credit_code, changed, "校验码不符")


def test_an_organisation_code_has_its_check():
    assert organisation_check("M000100Y") == "4"
    assert parse_organisation_code("m000100y-4") == "M000100Y4"


@pytest.mark.parametrize(
    ("text", "reason"), [("M000100Y5", "校验码"), ("M000100Y", "发现8位"), ("M000100YA", "只能是")]
)
def test_a_wrong_organisation_code_is_refused(text, reason):
    refused(parse_organisation_code, text, reason)


def test_an_organisation_check_of_ten_is_x_and_of_eleven_is_nought():
    assert organisation_check("00000000") == "0"  # total 0: eleven
    assert organisation_check("00000006") == "X"  # total 12: ten


# --- vehicles


def test_the_known_vin_is_right():
    assert parse_vin("1m8gdm9axkp042788") == Vin("1M8GDM9AXKP042788")
    assert vin_check("1M8GDM9A_KP042788".replace("_", "0")) == "X"
    assert vin_check("11111111111111111") == "1"


def test_a_vin_with_another_check_digit_is_kept_with_a_warning():
    assert parse_vin("1M8GDM9A1KP042788").warning == "车辆识别代号第9位校验位不符"


@pytest.mark.parametrize(
    ("text", "reason"),
    [("1M8GDM9AXKP04278", "发现16位"), ("1M8GDM9AXKPO42788", "不用I、O、Q"), ("", "发现0位")],
)
def test_an_impossible_vin_is_refused(text, reason):
    refused(parse_vin, text, reason)


@pytest.mark.parametrize(
    "plate",
    ["鲁P12345", "鲁PA123警", "鲁P1234挂", "鲁PD12345", "鲁PDA1234", "鲁P12345D", "粤Z1234港", "京A12345"],
)
def test_a_plate_is_right(plate):
    assert parse_plate(plate) == plate


@pytest.mark.parametrize("text", ["鲁p12345", "鲁P·12345", " 鲁P 12345", "鲁Ｐ１２３４５", "鲁P-12345"])
def test_a_plate_is_found_however_it_is_written(text):
    assert parse_plate(text) == normalised(text) == "鲁P12345"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("鲁PI2345", "不用字母I、O"),
        ("鲁O12345", "第2位"),
        ("鲁P1234", "发现6位"),
        ("鲁PO1234", "不用字母I、O"),
        ("鲁P123456", "新能源号牌"),
        ("鲁PL12345", "新能源号牌"),
        ("A鲁12345", "省份简称"),
        ("鲁P123挂4", "序号应为5位"),
        ("鲁", "第2位"),
        ("", "省份简称"),
    ],
)
def test_a_wrong_plate_is_refused_with_the_part_that_is_wrong(text, reason):
    refused(parse_plate, text, reason)


# --- masking


@pytest.mark.parametrize(
    ("masked", "expected"),
    [
        (mask_name("张三"), "张*"),
        (mask_name(" 张三丰 "), "张*"),
        (mask_name("张"), "*"),
        (mask_name(""), ""),
        (mask_phone("13800000001"), "138****0001"),
        (mask_phone("+86 138-0000-0001"), "138****0001"),
        (mask_phone("0635-2300001"), "063****0001"),
        (mask_phone("2300001"), "*****01"),
        (mask_phone("110"), "***"),
        (mask_id("37158120000101002X"), "3715**********002X"),
        (mask_id("371581000101002"), "3715*******1002"),
        (mask_id("G12345678"), "*******78"),
        (mask_id("12"), "**"),
    ],
)
def test_personal_facts_are_masked(masked, expected):
    assert masked == expected


@given(st.text(max_size=30))
@example("0000K¸")
def test_masking_twice_changes_nothing_and_most_is_hidden(text):
    for mask in (mask_name, mask_phone, mask_id):
        once = mask(text)
        assert mask(once) == once
        assert "*" in once or not normalised(text).strip()
        assert len(once.replace("*", "")) <= 8
