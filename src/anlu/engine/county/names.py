"""Names of villages: two characters that go together and belong to nobody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .dice import Dice
from .plan import TownPlan

FIRST: Final = "柳槐枣梨杏桑榆松桐竹荷菊兰枫麦禾葵青白红沙石云月晴霞雁鹭鹤鹿燕芦苇芳翠银金"
SECOND: Final = "溪泉坡湾渡桥堂庄营店屯塘台坞沟岗埠亭洼垛滩陂畔垄浦巷阁"
#: So that 柳北村劝导站 of the demonstration units has its village.
FIXED: Final = {"990121101": ("柳北",)}


def village_names(towns: Sequence[TownPlan], dice: Dice) -> list[list[str]]:
    """Names with 村 for the villages of each town, all different and none like a town's."""
    taken = {town.short for town in towns} | {name for names in FIXED.values() for name in names}
    free = [first + second for first in FIRST for second in SECOND if first + second not in taken]
    drawn = iter([free[place] for place in dice.order(len(free))])
    named = []
    for town in towns:
        own = list(FIXED.get(town.code, ()))
        own += [next(drawn) for _ in range(town.villages - len(own))]
        named.append([f"{stem}村" for stem in own])
    return named
