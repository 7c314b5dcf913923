"""
What a process gets ready before somebody waits for it.

A dictionary that is loaded or a map that is read when it is first needed is so in the middle of somebody's first
write, while the record (on SQLite the whole database) is locked for everybody else. Whoever has such a thing declares
it with ``before_work``; the processes that serve pages or do jobs call ``get_ready`` when they start.
"""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.db import connections

log: Final = logging.getLogger("anlu.readiness")
F = TypeVar("F", bound=Callable[[], Any])
_first: list[Callable[[], Any]] = []


def before_work(one: F) -> F:
    """Declare what is to be called once before work begins; it keeps what it makes by itself."""
    _first.append(one)
    return one


def get_ready() -> None:
    """Call everything that was declared. What fails is logged and keeps nothing else: it is made when it is needed."""
    for one in _first:
        name, began = f"{one.__module__}.{one.__qualname__}", time.monotonic()
        try:
            one()
        except Exception:
            log.exception("%s was not got ready", name)
        else:
            log.debug("%s: ready after %.1f s", name, time.monotonic() - began)


def settle() -> None:
    """
    Leave what is loaded by now out of the search for garbage from here on.

    A process that serves holds half a million objects for as long as it lives. Looking through all of them takes a
    third of a second, with everybody waiting, and would be done again and again in the middle of somebody's page.
    """
    gc.collect()
    gc.freeze()


def get_ready_meanwhile(then: Callable[[], Any] = lambda: None) -> threading.Thread:
    """The same in a thread, while the first people sign in; ``then`` is called afterwards, and it settles."""

    def work() -> None:
        try:
            get_ready()
        finally:
            connections.close_all()
        then()
        settle()

    thread = threading.Thread(target=work, name="readiness", daemon=True)
    thread.start()
    return thread
