"""事故预防: how many crashes, injured and dead, and how they changed."""

from __future__ import annotations

from anlu.kernel.documents.sections import Changes, Figure, Phrase, Section, Sentence, sections

FOUR = ("crash.count", "crash.injured", "crash.killed")

SAFETY = sections.add(
    Section(
        code="crashes.safety",
        label="事故预防",
        chapter="源头管控",
        order=10,
        parts=(
            Phrase("opening", "开头的表述", topic="工作目标"),
            Sentence(
                "counts",
                "{期间}，全县发生道路交通一般事故{起数}起，受伤{受伤}人，死亡{死亡}人。",
                {
                    "起数": Figure("crash.count"),
                    "受伤": Figure("crash.injured"),
                    "死亡": Figure("crash.killed"),
                },
                optional=frozenset({"受伤", "死亡"}),
            ),
            Sentence(
                "fall",
                "道路交通一般事故起数、事故受伤、死亡人数同期相比{升降}。",
                {"升降": Changes(FOUR)},
            ),
            Sentence("major", "其中一次死亡三人以上的事故{起数}起。", {"起数": Figure("crash.major")}),
            Phrase("closing", "结尾的表述", topic="工作目标"),
        ),
    )
)
