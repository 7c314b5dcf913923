"""A small ``anlu bench numbers``: several processes issue documents of one series, on SQLite."""

from __future__ import annotations

import pytest

from anlu.commands.benches import Options, numbers

pytestmark = pytest.mark.sqlite


def test_no_number_is_left_out_or_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbers, "WORKERS", 3)
    for name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE"):  # an installation of its own
        monkeypatch.delenv(name, raising=False)
    found = {one.name: one.value for one in numbers.measure(Options(12, {}, 1))}
    assert [found[f"numbers.{name}"] for name in ("gaps", "doubles", "missing", "errors")] == [0, 0, 0, 0]
