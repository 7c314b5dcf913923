"""学习活动, 组织生活, 警示教育, 练兵: ledgers over the kinds of activity."""

from __future__ import annotations

from anlu.apps.team.models import TrainingResult
from anlu.apps.team.terms import SUBJECTS
from anlu.web.desk.activities.ledger import activity_ledger
from anlu.web.ledgers import Column, Kind, RelatedRows

CHAPTER = "队伍建设"


def percent(result: TrainingResult) -> str:
    """The share that passed, as people write it."""
    return "" if result.pass_share is None else f"{100 * result.pass_share:.1f}%"


STUDY = activity_ledger(
    "team.study",
    "team/studies",
    "学习活动",
    "学习活动",
    families=("study",),
    chapter=CHAPTER,
    item="学习活动",
    rank=10,
    icon="presentation",
    empty="这里登记第一议题、中心组学习、三会一课、党课、主题党日和大讨论。先列计划，开展后登记到场和小结；也可以直接登记已开展的。",
)
ORGANISATION_LIFE = activity_ledger(
    "team.organisation_life",
    "team/organisation-life",
    "组织生活",
    "组织生活会",
    families=("organisation",),
    chapter=CHAPTER,
    item="组织生活",
    rank=10,
    icon="users-group",
    empty="这里登记各党总支、党支部的年度组织生活会。只记召开情况和查摆问题的类别，不记个人。",
)
WARNING = activity_ledger(
    "team.warning",
    "team/warnings",
    "警示教育",
    "警示教育",
    families=("warning",),
    chapter=CHAPTER,
    item="警示教育",
    rank=10,
    icon="alert-triangle",
    empty="这里登记每月的以案四说、以案促改：一个案例，说纪、说法、说德、说责，改什么。",
)
TRAINING = activity_ledger(
    "team.training",
    "team/trainings",
    "练兵活动",
    "练兵活动",
    families=("training",),
    chapter=CHAPTER,
    item="练兵",
    rank=10,
    icon="flame",
    empty="这里登记实战大练兵。成绩只记各单位、各科目的参考和合格人数。",
    related=(
        RelatedRows(
            "result",
            "考核成绩",
            TrainingResult,
            through="activity",
            columns=(
                Column("subject", "科目", dictionary=SUBJECTS),
                Column("unit", "单位", value="unit.name"),
                Column("tested", "参考", kind=Kind.NUMBER),
                Column("passed", "合格", kind=Kind.NUMBER),
                Column("rate", "合格率", value=percent),
            ),
            order=("unit__sort_key", "pk"),
            empty="还没有登记成绩",
        ),
    ),
)
