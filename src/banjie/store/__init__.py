"""Bytes, not cases: the log of facts, keys and personal data, files. Knows no law."""
