"""Decisions in public are tried in the demo county."""

from tests.county import county

__all__ = ["county"]
