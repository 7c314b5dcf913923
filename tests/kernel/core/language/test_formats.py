"""Days, times and amounts in both languages."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from anlu.kernel.core.language import formats
from anlu.kernel.core.language.words import Verbatim, alone, word, worded

DAY = date(2023, 6, 30)
MOMENT = datetime(2023, 6, 29, 23, 15, tzinfo=UTC)  # 07:15 of the next day in China


@pytest.mark.parametrize(
    ("said", "chinese", "english"),
    [
        (lambda: formats.day(DAY), "2023-06-30", "30 Jun 2023"),
        (lambda: formats.day(DAY, "short"), "6月30日", "30 Jun"),
        (lambda: formats.day(None), "", ""),
        (lambda: formats.day_and_weekday(DAY), "2023年6月30日 星期五", "Friday, 30 Jun 2023"),
        (lambda: formats.moment(MOMENT), "2023-06-30 07:15", "30 Jun 2023, 07:15"),
        (lambda: formats.moment(MOMENT, "short"), "06-30 07:15", "30 Jun, 07:15"),
        (lambda: formats.day_and_time(DAY, 7, "15"), "2023-06-30 07:15", "30 Jun 2023, 07:15"),
        (lambda: formats.day_and_time(DAY, 7, ""), "2023-06-30 07时", "30 Jun 2023, 07 h"),
        (lambda: formats.yuan(12_500), "12,500 元", "CNY 12,500"),
        (lambda: formats.large_money().unit, "万元", "thousand CNY"),
    ],
)
def test_a_value_is_written_as_the_reader_writes_it(said, chinese, english) -> None:
    with translation.override("zh-hans"):
        assert said() == chinese
    with translation.override("en"):
        assert said() == english


def test_data_are_said_as_they_were_written_and_texts_are_not() -> None:
    with translation.override("en"):
        assert word("事故") == "crashes"
        assert word(Verbatim("事故")) == "事故"
        assert alone("位置") == "Position"
        assert worded({"title": "事故", "rows": [["位置", 3]]}) == {
            "title": "crashes",
            "rows": [["Position", 3]],
        }
    with translation.override("zh-hans"):
        assert word("事故") == "事故"
