"""
The box for suggestions (``practice`` 4: whoever must work with a platform must be able to say what is wrong with it).

A suggestion belongs to no unit: its reporter sees it, and the people of the brigade who answer; no superior in between,
and nobody who only looks on, however wide their role is.
"""

from anlu.kernel.cases.kinds import Family, add_family

FAMILY = add_family(
    Family(
        code="suggestions.suggestion",
        path="suggestions",
        label="意见建议",
        noun="意见建议",
        unit="条",
        chapter="今日",
        item="意见建议",
        located=False,
        found_label="提出日期",
        unit_label="提出单位",
        private=True,
        empty="哪里不好用、哪张表重复填、哪项要求不合理，都可以写在这里。只有您和大队办理的人看得到。",
    )
)
