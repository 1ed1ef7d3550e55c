"""A house for the tests of reliability: the same as for the tests of the door."""

from tests.cases.conftest import house

__all__ = ["house"]
