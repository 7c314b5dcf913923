"""
Lifecycles of things that must be closed: states, moves, who makes them, what they need and by when.

A lifecycle is plain data. ``problems`` finds dead ends, states that nothing leads to and words that are missing;
``move`` carries a state one step or says in words why not. Who somebody is and which day it is are the caller's
business. Rules and a worked example: ``docs/methods/lifecycle.md``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

NOTE, PHOTO, BEFORE, AFTER, DOCUMENT = "note", "photo", "before", "after", "document"
EVIDENCE: Final[Mapping[str, str]] = MappingProxyType(
    {
        NOTE: "说明",
        PHOTO: "照片",
        BEFORE: "整改前照片",
        AFTER: "整改后照片",
        DOCUMENT: "文件",
    }
)
ASKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "lead": "牵头单位",
        "helpers": "配合单位",
        "handler": "经办人",
        "due_on": "办理期限",
        "grade": "等级",
    }
)
# What states are usually called; a lifecycle that means something else by one says so in ``labels``.
STATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "found": "待核实",
        "verified": "待交办",
        "sent": "整改中",
        "accepted": "已签收",
        "fixed": "待验收",
        "returned": "已退回",
        "reopened": "反弹待整改",
        "answered": "已答复",
        "handling": "办理中",
        "closed": "已销号",
        "rejected": "不予受理",
        "withdrawn": "已撤回",
    }
)


class LifecycleError(ValueError):
    """A lifecycle that contradicts itself; the message names what is wrong with it."""


class MoveNotAllowed(LifecycleError):
    """There is no such move from this state."""


class EvidenceMissing(LifecycleError):
    """The move needs something that was not given; ``missing`` are the kinds of evidence."""

    def __init__(self, message: str, missing: tuple[str, ...]) -> None:
        super().__init__(message)
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Move:
    """
    One step.

    Parameters
    ----------
    froms, to
        States.
    role
        Code of the role that makes it; what a role means for a person and a thing is not known here.
    needs
        Kinds of ``EVIDENCE`` that must be given with it.
    asks
        Facts of ``ASKS`` that the form of the move asks for.
    working_days
        Time limit that begins with it; None leaves the deadline as it is.
    sworn
        Only a sworn officer makes it (enforcement, signing), whatever role an auxiliary may hold.
    returns
        Sends something back that was handed in: counted.
    reopens
        Leads out of a final state after a re-check: counted as a rebound.
    """

    code: str
    label: str
    froms: tuple[str, ...]
    to: str
    role: str
    needs: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    working_days: int | None = None
    sworn: bool = False
    returns: bool = False
    reopens: bool = False

    def missing(self, given: Mapping[str, int]) -> tuple[str, ...]:
        """Kinds of evidence that are needed and not among ``given`` (kind: how many)."""
        return tuple(kind for kind in self.needs if given.get(kind, 0) < 1)


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """
    The moves of one kind of thing.

    Parameters
    ----------
    done
        Final states, the first of which is the usual good end.
    dropped
        Those of them in which nothing was put right (不予受理): they count neither as closed nor as on time.
    labels
        What states are called where ``STATES`` does not fit.
    working_days
        Time limit that begins when the thing is found; None = none.
    """

    start: str
    done: tuple[str, ...]
    moves: tuple[Move, ...]
    dropped: tuple[str, ...] = ("rejected", "withdrawn")
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    working_days: int | None = None

    # ------------------------------------------------------------------------------------------ reading
    @property
    def states(self) -> tuple[str, ...]:
        """All states, in the order in which the moves name them."""
        named = [self.start, *(state for move in self.moves for state in (*move.froms, move.to)), *self.done]
        return tuple(dict.fromkeys(named))

    def label(self, state: str) -> str:
        """What a state is called; an unknown one stands for itself."""
        return self.labels.get(state) or STATES.get(state, state)

    def is_done(self, state: str) -> bool:
        """True in a final state."""
        return state in self.done

    def is_dropped(self, state: str) -> bool:
        """True in a final state in which nothing was put right."""
        return state in self.done and state in self.dropped

    def colour(self, state: str) -> str:
        """Meaning of a state as a colour: green put right, grey dropped, amber sent back, blue on its way."""
        if self.is_done(state):
            return "grey" if self.is_dropped(state) else "green"
        led_back = any(move.to == state and (move.returns or move.reopens) for move in self.moves)
        return "amber" if led_back else "blue"

    def moves_from(self, state: str) -> tuple[Move, ...]:
        """Moves that lead out of a state, in the order of declaration."""
        return tuple(move for move in self.moves if state in move.froms)

    def find(self, code: str) -> Move | None:
        """The first move of this code."""
        return next((move for move in self.moves if move.code == code), None)

    @property
    def roles(self) -> frozenset[str]:
        """Codes of all roles that make moves."""
        return frozenset(move.role for move in self.moves)

    # ------------------------------------------------------------------------------------------ moving
    def step(self, state: str, code: str) -> Move:
        """
        The move of this code out of ``state``.

        Raises
        ------
        MoveNotAllowed
            There is none.
        """
        found = next((move for move in self.moves_from(state) if move.code == code), None)
        if found is None:
            known = self.find(code)
            words = f"「{known.label}」" if known else f"「{code}」这一步"
            raise MoveNotAllowed(f"现在是「{self.label(state)}」，不能{words}")
        return found

    def move(self, state: str, code: str, *, given: Mapping[str, int]) -> Move:
        """
        The move of this code out of ``state``, with what was given.

        Raises
        ------
        MoveNotAllowed
            There is none.
        EvidenceMissing
            Something that it needs was not given.
        """
        step = self.step(state, code)
        lacking = step.missing(given)
        if lacking:
            words = "、".join(EVIDENCE[kind] for kind in lacking)
            raise EvidenceMissing(f"「{step.label}」还缺{words}", lacking)
        return step

    def replay(self, codes: Iterable[str]) -> str:
        """
        The state after these moves from the start.

        Raises
        ------
        MoveNotAllowed
            One of them does not lead out of the state before it.
        """
        state = self.start
        for code in codes:
            state = self.step(state, code).to
        return state

    def path(self, start: str | None = None, goal: str | None = None) -> tuple[str, ...]:
        """
        States of the shortest way from ``start`` to ``goal`` (the usual good end); ``()`` when there is none.

        Moves that send back or re-open are not walked.
        """
        first, last = start or self.start, goal or self.done[0]
        before: dict[str, str] = {first: first}
        waiting = deque([first])
        while waiting and last not in before:
            here = waiting.popleft()
            for move in self.moves_from(here):
                if not (move.returns or move.reopens) and move.to not in before:
                    before[move.to] = here
                    waiting.append(move.to)
        if last not in before:
            return ()
        found = [last]
        while found[-1] != first:
            found.append(before[found[-1]])
        return tuple(reversed(found))

    # ------------------------------------------------------------------------------------------ checking
    def problems(self) -> list[str]:
        """What is wrong with this lifecycle, in words; empty when nothing is."""
        return [*self._problems_of_states(), *self._problems_of_ways(), *self._problems_of_moves()]

    def _problems_of_states(self) -> Iterable[str]:
        if not self.done:
            yield "no final state"
        for state in self.states:
            if self.label(state) == state:
                yield f"state {state!r} has no label"
        labels = [self.label(state) for state in self.states]
        for label in {one for one in labels if labels.count(one) > 1}:
            yield f"two states are called {label}"

    def _problems_of_ways(self) -> Iterable[str]:
        reached = self._reached()
        for state in self.states:
            if state not in reached:
                yield f"nothing leads to {state!r}"
            elif not self.is_done(state) and not self._ends(state):
                yield f"{state!r} is a dead end: no final state can be reached from it"

    def _problems_of_moves(self) -> Iterable[str]:
        seen: set[tuple[str, str]] = set()
        for move in self.moves:
            if not move.froms or not move.role or not move.label:
                yield f"move {move.code!r} lacks a state, a role or a label"
            if strange := [kind for kind in move.needs if kind not in EVIDENCE]:
                yield f"move {move.code!r} needs {strange[0]!r}, which is no kind of evidence"
            if strange := [kind for kind in move.asks if kind not in ASKS]:
                yield f"move {move.code!r} asks for {strange[0]!r}, which nobody knows"
            if move.working_days is not None and move.working_days < 0:
                yield f"move {move.code!r} has a negative time limit"
            for state in move.froms:
                if (state, move.code) in seen:
                    yield f"two moves {move.code!r} lead out of {state!r}"
                seen.add((state, move.code))
                if self.is_done(state) != move.reopens:
                    yield f"move {move.code!r} must say reopens exactly when it leads out of a final state"
        for state in self.states:
            labels = [move.label for move in self.moves_from(state)]
            for label in {one for one in labels if labels.count(one) > 1}:
                yield f"two moves out of {state!r} are called {label}"

    def _reached(self, start: str | None = None) -> set[str]:
        found, new = {start or self.start}, [start or self.start]
        while new:
            for move in self.moves_from(new.pop()):
                if move.to not in found:
                    found.add(move.to)
                    new.append(move.to)
        return found

    def _ends(self, state: str) -> bool:
        return any(self.is_done(one) for one in self._reached(state))

    # ------------------------------------------------------------------------------------------ picture
    def mermaid(self) -> str:
        """The lifecycle as a Mermaid state diagram, for the documents."""
        lines = ["stateDiagram-v2", "    direction LR"]
        lines += [f"    {state} : {self.label(state)}" for state in self.states]
        lines.append(f"    [*] --> {self.start}")
        for move in self.moves:
            lines += [f"    {state} --> {move.to} : {move.label}" for state in move.froms]
        lines += [f"    {state} --> [*]" for state in self.done]
        return "\n".join(lines)
