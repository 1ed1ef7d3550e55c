"""The demo county: an invented county with invented people, founded and driven through the same door as a real one."""
