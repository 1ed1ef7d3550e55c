"""Decisions in public, for who decides: what waits, what is late, what is held back and on which ground."""
