"""A code to photograph as an <svg>: {% load codes %} {% qr address name %}. Nothing in it but one path."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from xml.sax.saxutils import escape

import segno
from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

QUIET = 4
"""The modules of empty ground around a code that a camera needs (ISO/IEC 18004)."""


@register.simple_tag
def qr(text: str, name: str) -> SafeString:
    """The text as a QR code that survives a scratch (level M). `name` is what a screen reader says instead."""
    rows = list(segno.make_qr(text, error="m").matrix)
    side = len(rows) + 2 * QUIET
    path = "".join(
        f"M{QUIET + x} {QUIET + y}h{length}v1h-{length}z" for y, row in enumerate(rows) for x, length in _runs(row)
    )
    head = f'<svg viewBox="0 0 {side} {side}" role="img" shape-rendering="crispEdges">'
    return mark_safe(f'{head}<title>{escape(name)}</title><path d="{path}"/></svg>')


def _runs(row: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Where dark modules begin and how many follow one another."""
    at = 0
    for is_dark, modules in groupby(bool(each) for each in row):
        length = len(list(modules))
        if is_dark:
            yield at, length
        at += length
