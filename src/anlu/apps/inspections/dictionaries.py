"""Where codes of inspections are kept."""

from anlu.apps.inspections.terms import CATEGORIES
from anlu.kernel.core.dictionaries import uses

uses(CATEGORIES, "inspections.Check", "category")
uses(CATEGORIES, "inspections.Round", "categories", many=True)
