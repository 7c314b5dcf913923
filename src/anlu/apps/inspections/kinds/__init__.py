"""
What inspections find, kept in one ledger.

The finding belongs to the inspecting unit; the inspected unit leads in putting it right. No person is named: units are
inspected, people are not ranked.
"""

from anlu.kernel.cases.kinds import Family, add_family

FAMILY = add_family(
    Family(
        code="inspections.finding",
        path="inspections/findings",
        label="督查问题",
        noun="督查问题",
        unit="处",
        chapter="队伍建设",
        item="督查",
        located=False,
        imports=True,
        empty="督查时记为不合格的检查项会自动登记在这里，由受督查单位整改，督查人员验收、回头看。",
    )
)
