"""Supervision's tests stand in the demo county."""

from tests.county import county

__all__ = ["county"]
