"""议定和交办事项: what the weekly meeting decided or passed on and is not done yet."""

from __future__ import annotations

from anlu.kernel.documents.sections import Figure, Section, Sentence, When, sections


def _both(code: str, template: str, kind: str) -> tuple[Sentence, Sentence]:
    """A sentence for the case that something is overdue, and one for the case that nothing is."""
    figures = {"未办": Figure(f"{kind}.open"), "逾期": Figure(f"{kind}.overdue")}
    late = Sentence(
        f"{code}_late", f"{template}，其中逾期{{逾期}}项。", figures, when=(When("逾期", ">", 0),)
    )
    in_time = Sentence(
        f"{code}_in_time",
        f"{template}，没有逾期。",
        figures,
        when=(When("逾期", "=", 0),),
        optional=frozenset({"逾期"}),
    )
    return late, in_time


PRESSING = sections.add(
    Section(
        code="governance.pressing",
        label="议定和交办事项",
        chapter="综合治理",
        order=20,
        kinds=frozenset({"dispatch"}),
        parts=(
            *_both("decisions", "目前未办结会议议定事项{未办}项", "governance.decision"),
            *_both("tasks", "目前未办结交办事项{未办}项", "governance.task"),
        ),
    )
)
