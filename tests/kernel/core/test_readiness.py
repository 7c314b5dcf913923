"""What a process gets ready before somebody waits for it."""

from __future__ import annotations

import gc
import logging
import threading

import pytest

from anlu.kernel.core import readiness


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was called: something dear, something that fails, something dear."""
    calls: list[str] = []

    def map_of_roads() -> None:
        calls.append("roads")

    def broken() -> None:
        raise OSError("no such file")

    def addresses() -> None:
        calls.append("addresses")

    monkeypatch.setattr(readiness, "_first", [map_of_roads, broken, addresses])
    return calls


def test_what_fails_is_named_in_the_log_and_keeps_nothing_else_from_being_made(
    done: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "anlu.readiness"):
        readiness.get_ready()
    assert done == ["roads", "addresses"]
    said = [(one.levelname, one.getMessage().split(": ready")[0].split(".")[-1]) for one in caplog.records]
    assert said == [("DEBUG", "map_of_roads"), ("ERROR", "broken was not got ready"), ("DEBUG", "addresses")]


def test_what_comes_afterwards_comes_when_everything_is_ready(done: list[str]) -> None:
    over = threading.Event()

    def then() -> None:
        done.append("snapshots")
        over.set()

    readiness.get_ready_meanwhile(then)
    assert over.wait(30)
    assert done == ["roads", "addresses", "snapshots"]


def test_what_is_loaded_by_then_is_no_longer_searched_for_garbage(done: list[str]) -> None:
    kept: list[list[int]] = []
    readiness.get_ready_meanwhile(lambda: kept.extend([] for _ in range(1_000))).join(30)
    searched = {id(one) for one in gc.get_objects()}
    assert kept
    assert not [one for one in kept if id(one) in searched]
