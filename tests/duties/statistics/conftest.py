"""The statistics' tests stand in a house whose clock is their own."""

from tests.cases.conftest import demo

__all__ = ["demo"]
