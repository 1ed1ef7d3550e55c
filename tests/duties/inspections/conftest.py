"""The tests of inspections stand in the demo county."""

from tests.county import county

__all__ = ["county"]
