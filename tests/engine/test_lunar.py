"""The lunar day: festivals as the almanac has them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from anlu.engine.lunar import lunar_day, lunar_words

# Published calendars: Spring Festival (初一), Dragon Boat (初五), Mid-Autumn (十五).
ALMANAC = (
    (date(1990, 1, 27), 1), (date(2000, 2, 5), 1), (date(2013, 2, 10), 1), (date(2019, 2, 5), 1),
    (date(2020, 1, 25), 1), (date(2021, 2, 12), 1), (date(2022, 2, 1), 1), (date(2023, 1, 22), 1),
    (date(2024, 2, 10), 1), (date(2025, 1, 29), 1), (date(2026, 2, 17), 1), (date(2030, 2, 3), 1),
    (date(2033, 1, 31), 1),
    (date(2019, 6, 7), 5), (date(2020, 6, 25), 5), (date(2021, 6, 14), 5), (date(2022, 6, 3), 5),
    (date(2023, 6, 22), 5),
    (date(2019, 9, 13), 15), (date(2020, 10, 1), 15), (date(2021, 9, 21), 15), (date(2022, 9, 10), 15),
    (date(2023, 9, 29), 15), (date(2024, 9, 17), 15), (date(2025, 10, 6), 15), (date(2023, 7, 3), 16),
)  # fmt: skip


@pytest.mark.parametrize(("day", "expected"), ALMANAC)
def test_festivals_fall_on_their_lunar_day(day: date, expected: int) -> None:
    assert lunar_day(day) == expected


def test_months_have_29_or_30_days_and_no_day_is_left_out() -> None:
    before = lunar_day(date(1995, 1, 1))
    lengths = set()
    for n in range(1, 60 * 365):
        now = lunar_day(date(1995, 1, 1) + timedelta(days=n))
        assert now == before + 1 or now == 1
        if now == 1:
            lengths.add(before)
        before = now
    assert lengths == {29, 30}


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2023, 7, 3), "十六"),
        (date(2023, 1, 22), "初一"),
        (date(2023, 1, 31), "初十"),
        (date(2023, 2, 10), "二十"),
        (date(2023, 2, 11), "廿一"),
    ],
)
def test_the_lunar_day_is_written_as_calendars_do(day: date, words: str) -> None:
    assert lunar_words(day) == words
