"""The house of the door's tests, and the county of the pages'."""

from tests.cases.conftest import house
from tests.county import county

__all__ = ["county", "house"]
