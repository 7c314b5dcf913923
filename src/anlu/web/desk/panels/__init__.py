"""Panels of what the kernel keeps: cases, documents, activities, places, targets."""
