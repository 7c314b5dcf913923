"""Stakes as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlu.engine.roads.stakes import (
    NotAStake,
    Side,
    Stake,
    format_stake,
    format_stakes,
    parse_stake,
    parse_stake_range,
)

metres = st.floats(-99_999, 9_999_999)


@pytest.mark.parametrize(
    ("text", "chainage_m", "side"),
    [
        ("K12+345", 12345.0, Side.NONE),
        ("k12+345.6", 12345.6, Side.NONE),
        ("12+345", 12345.0, Side.NONE),
        ("Ｋ１２＋３４５", 12345.0, Side.NONE),
        (" K 12 + 345 m ", 12345.0, Side.NONE),
        ("桩号K12+345", 12345.0, Side.NONE),
        ("12公里345米", 12345.0, Side.NONE),
        ("12km+345m处", 12345.0, Side.NONE),
        ("12.345公里", 12345.0, Side.NONE),
        ("K12", 12000.0, Side.NONE),
        ("K0+000", 0.0, Side.NONE),
        ("K0012+007", 12007.0, Side.NONE),
        ("K12+1045", 13045.0, Side.NONE),  # a repeated stretch is sometimes numbered on past the kilometre
        ("K-0+345", -345.0, Side.NONE),
        ("-K0+345", -345.0, Side.NONE),
        ("K12+345左", 12345.0, Side.LEFT),
        ("K12+345右侧", 12345.0, Side.RIGHT),
        ("K12+345处左幅", 12345.0, Side.LEFT),
        ("K12+345（上行）", 12345.0, Side.RIGHT),
        ("K12+345下行方向", 12345.0, Side.LEFT),
        ("ZK12+345", 12345.0, Side.LEFT),
        ("YK12+345", 12345.0, Side.RIGHT),
        ("YK12+345右", 12345.0, Side.RIGHT),
    ],
)
def test_a_stake_is_understood_in_every_form_in_use(text: str, chainage_m: float, side: Side) -> None:
    assert parse_stake(text) == Stake(chainage_m, side)


@pytest.mark.parametrize(
    "text",
    ["", "12", "12345", "12.5", "K", "K12+", "+345", "K12-345", "K1x+2", "AK12+345", "ZK12+345右", "-K-1+000",
     "K12+345东", "国道105K12+345", "K12+12345", "K1+2+3"],
)  # fmt: skip
def test_what_is_no_stake_is_refused_and_quoted(text: str) -> None:
    with pytest.raises(NotAStake, match="K12\\+345") as refusal:
        parse_stake(text)
    assert repr(text) in str(refusal.value)


@pytest.mark.parametrize(
    ("chainage_m", "text"),
    [
        (0.0, "K0+000"),
        (12345.0, "K12+345"),
        (12345.4999, "K12+345"),
        (12345.5, "K12+346"),
        (999.5, "K1+000"),
        (-345.0, "K-0+345"),
        (-0.4, "K0+000"),
        (-1000.0, "K-1+000"),
    ],
)
def test_a_stake_is_written_to_the_metre(chainage_m: float, text: str) -> None:
    assert format_stake(chainage_m) == text


def test_decimals_are_written_where_asked_for() -> None:
    assert format_stake(12345.678, decimals=1) == "K12+345.7"
    assert format_stake(7.0, decimals=2) == "K0+007.00"


def test_a_missing_chainage_has_no_stake() -> None:
    assert format_stakes([1.0, float("nan"), 2000.0]) == ["K0+001", None, "K2+000"]
    with pytest.raises(ValueError, match="finite"):
        format_stake(float("nan"))


@given(metres, st.sampled_from(Side), st.integers(0, 3))
def test_what_is_written_is_read_again(chainage_m: float, side: Side, decimals: int) -> None:
    text = format_stake(chainage_m, decimals=decimals) + side.value
    stake = parse_stake(text)
    assert stake.side == side
    assert abs(stake.chainage_m - chainage_m) <= 0.5 * 10**-decimals + 1e-6


@given(metres)
def test_a_stake_prints_as_it_is_read(chainage_m: float) -> None:
    stake = parse_stake(format_stake(chainage_m))
    assert parse_stake(str(stake)) == stake


@pytest.mark.parametrize(
    "text",
    [
        "K12+345-K13+000",
        "K12+345—13+000",
        "K13+000至K12+345",
        "k12+345 ~ k13",
        "12+345到13+000",
        "K12+345～K13+000",
    ],
)
def test_a_stretch_has_two_ends_the_lower_first(text: str) -> None:
    assert parse_stake_range(text) == (Stake(12345.0), Stake(13000.0))


@pytest.mark.parametrize("text", ["K12+345", "K1+000-K2+000-K3+000", "K1+000至", "东环路至西环路"])
def test_a_text_without_two_stakes_is_no_stretch(text: str) -> None:
    with pytest.raises(NotAStake):
        parse_stake_range(text)
