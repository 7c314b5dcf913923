"""心得与笔记: what was handed in, and the tasks."""

from __future__ import annotations

from anlu.apps.team import services
from anlu.apps.team.forms import TaskForm, WritingForm
from anlu.apps.team.models import Writing, WritingDue, WritingKind, WritingTask
from anlu.apps.team.permissions import TASK_VIEW
from anlu.apps.team.terms import TOPICS
from anlu.kernel.core.dictionaries import choices
from anlu.kernel.core.filters import ChoiceFilter, DateFilter, TextFilter
from anlu.kernel.core.scope import Viewer
from anlu.kernel.people.filters import UnitFilter
from anlu.kernel.people.models import OfficerKind
from anlu.web.ledgers import Column, DetailSection, Kind, Ledger, Personal, RelatedRows, Verb, ledgers

CHAPTER, ITEM = "队伍建设", "心得与笔记"

WRITINGS = ledgers.add(
    Ledger(
        code="team.writing",
        path="team/writings",
        label="心得与笔记",
        noun="心得笔记",
        unit="篇",
        chapter=CHAPTER,
        item=ITEM,
        rank=10,
        model=Writing,
        columns=(
            Column("title", "题目", value=lambda one: str(one), sort="title"),
            Column("kind", "类别", kind=Kind.TAG, sort="kind"),
            Column("task", "任务", value="task.title"),
            Column("body", "党支部", value="body.name", sort="body__sort_key"),
            Column("author", "撰写人", personal=Personal.NAME),
            Column("author_kind", "身份", sort="author_kind"),
            Column("handed_in_on", "上交日期", sort="handed_in_on"),
            Column("unit", "单位", value="unit.name", listed=False),
        ),
        filters=(
            TextFilter("q", "题目、任务", columns=("title", "task__title")),
            ChoiceFilter("kind", "类别", choices=lambda: WritingKind.choices, common=True),
            DateFilter("handed_in", "上交", column="handed_in_on", common=True),
            UnitFilter("unit", "单位", merged=False),
            ChoiceFilter("author_kind", "身份", choices=lambda: OfficerKind.choices),
        ),
        order="-handed_in_on",
        sections=(
            DetailSection(
                "基本情况",
                (
                    Column("kind", "类别"),
                    Column("title", "题目"),
                    Column("task", "任务", value="task.title"),
                    Column("body", "党支部", value="body.name"),
                    Column("author", "撰写人", personal=Personal.NAME),
                    Column("author_kind", "身份"),
                    Column("handed_in_on", "上交日期"),
                    Column("unit", "单位", value="unit.name"),
                ),
                note="只登记上交情况，不存原文，不排名，不计时长。",
            ),
        ),
        form=WritingForm,
        add=services.writings.add,
        change=services.writings.change,
        void=services.writings.void,
        restore=services.writings.restore,
        icon="pencil",
        empty="这里登记上交的心得体会和学习笔记。只按支部统计应交、已交，不给个人排名。",
    )
)


def _may_see(viewer: Viewer, thing: object) -> bool:
    return viewer.may(TASK_VIEW)


TASKS = ledgers.add(
    Ledger(
        code="team.task",
        path="team/tasks",
        label="心得笔记任务",
        noun="心得笔记任务",
        unit="项",
        chapter=CHAPTER,
        item=ITEM,
        rank=30,
        model=WritingTask,
        columns=(
            Column("title", "任务", sort="title"),
            Column("kind", "类别", kind=Kind.TAG, sort="kind"),
            Column("topic", "主题", dictionary=TOPICS),
            Column("set_on", "布置日期", sort="set_on"),
            Column("due_on", "截止日期", sort="due_on"),
            Column("unit", "布置单位", value="unit.name"),
        ),
        filters=(
            TextFilter("q", "任务", columns=("title",)),
            ChoiceFilter("kind", "类别", choices=lambda: WritingKind.choices, common=True),
            ChoiceFilter("topic", "主题", choices=choices(TOPICS), common=True),
            DateFilter("set", "布置", column="set_on", common=True),
            UnitFilter("unit", "布置单位"),
        ),
        order="-set_on",
        related=(
            RelatedRows(
                "due",
                "应交人数",
                WritingDue,
                through="task",
                columns=(
                    Column("body", "党支部", value="body.name"),
                    Column("due_count", "应交人数", kind=Kind.NUMBER),
                ),
                order=("body__sort_key", "pk"),
                open_to=_may_see,
                empty="还没有填写各支部的应交人数",
            ),
        ),
        head=("kind", "topic", "set_on", "due_on"),
        verbs=(Verb("填写应交人数", "team.task.due", "users"),),
        form=TaskForm,
        add=services.tasks.add,
        change=services.tasks.change,
        void=services.tasks.void,
        restore=services.tasks.restore,
        icon="checklist",
        empty="这里布置要写的心得和笔记，并填写各支部应交多少。",
    )
)
