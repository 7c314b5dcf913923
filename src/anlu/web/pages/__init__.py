"""Pages that are generic over ledgers: list, detail, form, export, print, import."""
