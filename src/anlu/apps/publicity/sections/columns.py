"""署名栏目: the columns of the great discussion and their pieces, told where the report tells of study."""

from __future__ import annotations

from anlu.kernel.documents.sections import Figure, Section, Sentence, sections

COLUMNS = sections.add(
    Section(
        code="publicity.columns",
        label="署名栏目",
        chapter="队伍建设",
        order=20,
        parts=(
            Sentence(
                "columns",
                "在公众号开设大讨论栏目，分{板块}个署名板块，发布稿件{稿件}篇。",
                {
                    "板块": Figure("publicity.signed_columns", rule="cn"),
                    "稿件": Figure("publicity.pieces"),
                },
            ),
        ),
    )
)
