"""Background work: what is waiting, running, done or failed."""

from __future__ import annotations

from django.db.models import QuerySet

from anlu.kernel.core.filters import ChoiceFilter, TimeFilter
from anlu.kernel.core.models import Job
from anlu.kernel.core.models.jobs import JobState
from anlu.kernel.core.scope import Viewer
from anlu.web.ledgers import Column, DetailSection, Kind, Ledger, ledgers

COLOURS = {"waiting": "grey", "running": "blue", "done": "green", "failed": "red", "cancelled": "grey"}


def _visible(viewer: Viewer, permission: str) -> QuerySet[Job]:
    """All jobs for whoever looks after the machine; one's own otherwise."""
    if viewer.scope_for(permission).everything:
        return Job.objects.all()
    return Job.objects.filter(actor=viewer.uid) if viewer.may(permission) else Job.objects.none()


STATE = Column("state", "状态", kind=Kind.STATUS, colours=COLOURS, sort="state")
CREATED = Column("created_at", "提交时间", sort="created_at")
SHARE = Column("done_share", "进度", value=lambda job: f"{job.done_share:.0%}")

JOBS = ledgers.add(
    Ledger(
        code="core.job",
        path="system/jobs",
        label="后台任务",
        noun="后台任务",
        unit="项",
        chapter="系统",
        item="体检",
        model=Job,
        rows=_visible,
        columns=(
            CREATED,
            Column("kind", "类别", kind=Kind.CODE),
            STATE,
            SHARE,
            Column("note", "当前步骤"),
            Column("actor_name", "经办"),
            Column("finished_at", "结束时间", sort="finished_at"),
        ),
        filters=(
            ChoiceFilter("state", "状态", choices=lambda: JobState.choices, common=True),
            TimeFilter("created", "提交", column="created_at", common=True),
        ),
        order="-created_at",
        title=lambda job: f"{job.kind} {job.created_at:%m-%d}",
        head=("state", "done_share"),
        sections=(
            DetailSection(
                "任务",
                (
                    Column("kind", "类别"),
                    CREATED,
                    Column("finished_at", "结束时间"),
                    Column("tries", "次数"),
                    Column("actor_name", "经办"),
                    Column("note", "当前步骤", kind=Kind.LONG),
                    Column("problem", "问题", kind=Kind.LONG),
                ),
            ),
        ),
        icon="refresh",
        empty="导入、导出等费时的工作在后台进行，过程记在这里。",
    )
)
