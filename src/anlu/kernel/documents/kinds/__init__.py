"""Kinds of documents, one file each; found at start-up. Apps add theirs in their own ``kinds``."""
