"""Where the seal of an agency stands on a paper: fixed places, kept free by templates for its name and the day.

The foot of the last page is the same block on every upright paper (`library/1.typ: foot`), and a certificate has one
page: a seal needs to ask nobody where the text ended.
"""

from typing import NamedTuple

POINTS_PER_MM = 72 / 25.4


class Box(NamedTuple):
    """A square on a page. `page`: 0 is the first, -1 the last; points from the lower left corner; `size`: its side."""

    page: int
    x: float
    y: float
    size: float

    @property
    def corners(self) -> tuple[float, float, float, float]:
        """Left, bottom, right, top: as a PDF names a rectangle."""
        return self.x, self.y, self.x + self.size, self.y + self.size


def _box(left: float, bottom: float, size: float) -> Box:
    """Of a box in millimetres on the last page."""
    return Box(-1, *(round(each * POINTS_PER_MM, 3) for each in (left, bottom, size)))


UPRIGHT = _box(131, 47, 42)
"""A4 upright: notices and decisions. 42 mm is the seal of a county's agency."""
LANDSCAPE = _box(209, 34, 42)
"""A4 across: certificates."""

ACROSS = "licence"
"""What the kinds of papers across begin with."""


def seal_box(template: str) -> Box:
    """The box of a template (`kind/version`)."""
    return LANDSCAPE if template.split("/")[0].startswith(ACROSS) else UPRIGHT
