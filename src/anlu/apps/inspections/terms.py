"""Dictionaries of inspections."""

CATEGORIES = "inspections.category"  # 督查类别


def checklist(category: str) -> str:
    """The dictionary that holds the checks of a category, each with the days on which it is asked."""
    return f"inspections.check.{category}"
