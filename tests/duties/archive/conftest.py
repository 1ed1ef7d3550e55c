"""The archive is tried in the demo county."""

from tests.county import county

__all__ = ["county"]
