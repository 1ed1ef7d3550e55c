"""Charts drawn on the server: a Vega-Lite specification in, an <svg> that fits our pages out, always with its table.

A specification names no colour. Marks take the colours of COLOURS, which Vega sees as stand-ins and which become
classes here (`fill-1`, `stroke-line`); the style sheet says what they are in light, dark, elder mode and print, so one
drawing serves all four. What comes out holds no script, no style and no address: only shapes and text, as the strict
Content-Security-Policy wants it. A reader of the screen hears the title and the summary, and finds the table below.

The renderer is imported when the first chart is drawn (a second of work); a drawing is kept by the digest of its
specification. It fetches nothing: a specification that names an address is refused.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from django.core.cache import cache
from django.utils.safestring import SafeString, mark_safe

Spec = Mapping[str, Any]
Row = Sequence[str | float]

VEGA_LITE = "6.4"
SVG = "{http://www.w3.org/2000/svg}"
KEPT = frozenset({"svg", "g", "path", "line", "rect", "circle", "text", "tspan", "clipPath", "defs"})
PLACES = {"d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "dx", "dy", "viewBox", "transform"}
LINES = {"stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "stroke-opacity", "fill-opacity"}
REST = {"width", "height", "opacity", "text-anchor", "font-size", "font-weight", "clip-path", "id"}
ATTRIBUTES = PLACES | LINES | REST
NUMBER = re.compile(r"-?\d+\.\d{2,}")

COLOURS = ("1", "2", "3", "4", "5", "ink", "soft", "line", "surface")
"""What a mark may be coloured with: five of a series, then text, quiet text, lines and the ground."""
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [1, 3])
"""A line of a series is told by its dashes too."""


def colour(name: str) -> str:
    """The stand-in for one of COLOURS, to be written into a specification. ValueError for any other name."""
    return f"#0000{COLOURS.index(name) + 1:02x}"


STAND_INS = {colour(name): name for name in COLOURS}
CONFIG = {
    "background": None,
    "font": "Noto Sans CJK SC",
    "view": {"stroke": None},
    "axis": {
        "labelColor": colour("soft"),
        "titleColor": colour("soft"),
        "tickColor": colour("line"),
        "domainColor": colour("line"),
        "gridColor": colour("line"),
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "labelLimit": 220,
        "titlePadding": 8,
    },
    "text": {"color": colour("ink"), "fontSize": 13},
    "legend": {"labelColor": colour("ink"), "titleColor": colour("soft"), "labelFontSize": 13, "symbolStrokeWidth": 2},
}


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart as the template `web/chart.html` takes it. `slug` is its id on the page; `summary` is one sentence."""

    slug: str
    title: str
    summary: str
    drawing: SafeString
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def chart(slug: str, title: str, summary: str, head: Sequence[str], rows: Iterable[Row], spec: Spec) -> Chart:
    """A chart with its table: draw `spec`, and show `rows` under `head` as numbers."""
    told = tuple(tuple(each if isinstance(each, str) else f"{each:g}" for each in row) for row in rows)
    return Chart(slug, title, summary, drawn(spec, slug, title, summary), tuple(head), told)


def bars(slug: str, title: str, summary: str, head: tuple[str, str], rows: Sequence[tuple[str, float]]) -> Chart:
    """One bar a row, from the top down, each with its number."""
    value = {"x": {"field": "value", "type": "quantitative", "title": head[1], "axis": {"tickCount": 5}}}
    name = {"field": "name", "type": "nominal", "sort": None, "title": None, "axis": {"domain": False, "ticks": False}}
    spec = {
        "width": 460,
        "height": {"step": 32},
        "data": {"values": [{"name": each, "value": number} for each, number in rows]},
        "encoding": {"y": name, **value},
        "layer": [
            {"mark": {"type": "bar", "color": colour("1"), "height": 20}},
            {
                "mark": {"type": "text", "align": "left", "dx": 5, "color": colour("ink")},
                "encoding": {"text": {"field": "value", "type": "quantitative"}},
            },
        ],
    }
    return chart(slug, title, summary, head, rows, spec)


def trend(slug: str, title: str, summary: str, head: Sequence[str], rows: Sequence[Row]) -> Chart:
    """A line for each column after the first, over what stands in the first. At most five lines (ValueError)."""
    series = list(head[1:])
    if len(series) > len(DASHES):
        raise ValueError(f"a trend of {len(series)} lines cannot be read: at most {len(DASHES)}")
    values = [
        {"at": row[0], "name": name, "value": value}
        for row in rows
        for name, value in zip(series, row[1:], strict=True)
    ]
    told_by = {"domain": series, "range": [colour(str(number + 1)) for number in range(len(series))]}
    dashes = {"domain": series, "range": list(DASHES[: len(series)])}
    legend = {"orient": "top", "title": None, "symbolType": "stroke", "symbolSize": 500} if len(series) > 1 else None
    spec = {
        "width": 500,
        "height": 220,
        "data": {"values": values},
        "mark": {"type": "line", "strokeWidth": 2.5, "point": {"size": 40, "filled": True}},
        "encoding": {
            "x": {"field": "at", "type": "ordinal", "sort": None, "title": None, "axis": {"labelAngle": 0}},
            "y": {"field": "value", "type": "quantitative", "title": None, "axis": {"tickCount": 5}},
            "color": {"field": "name", "type": "nominal", "scale": told_by, "legend": legend},
            "strokeDash": {"field": "name", "type": "nominal", "scale": dashes, "legend": legend},
        },
    }
    return chart(slug, title, summary, head, rows, spec)


def drawn(spec: Spec, slug: str, title: str, summary: str) -> SafeString:
    """A specification as an <svg> element with title and summary. ValueError where it names an address."""
    _refuse_addresses(spec)
    whole = json.dumps([VEGA_LITE, CONFIG, spec, slug, title, summary], sort_keys=True, ensure_ascii=False)
    key = "chart-" + hashlib.sha256(whole.encode()).hexdigest()
    known: str | None = cache.get(key)
    if known is None:
        import vl_convert

        svg = vl_convert.vegalite_to_svg({**spec, "config": CONFIG}, vl_version=VEGA_LITE, allowed_base_urls=[])
        known = _ours(svg, slug, title, summary)
        cache.set(key, known, None)
    return mark_safe(known)


def _refuse_addresses(part: Any) -> None:
    if isinstance(part, Mapping):
        if "url" in part or "href" in part:
            raise ValueError("a chart fetches nothing and leads nowhere: hand in the values themselves")
        for each in part.values():
            _refuse_addresses(each)
    elif isinstance(part, (list, tuple)):
        for each in part:
            _refuse_addresses(each)


def _ours(svg: str, slug: str, title: str, summary: str) -> str:
    """Vega's drawing with only what we know: our classes for its colours, our words for its names."""
    root = ElementTree.fromstring(svg)
    clean = _clean(root, slug)
    assert clean is not None
    for name in ("width", "height"):
        clean.attrib.pop(name, None)
    clean.set("role", "img")
    clean.set("aria-labelledby", f"{slug}-title {slug}-summary")
    clean.set("width", root.get("width", ""))
    for tag, text in (("desc", summary), ("title", title)):
        told = ElementTree.Element(tag, {"id": f"{slug}-{'title' if tag == 'title' else 'summary'}"})
        told.text = text
        clean.insert(0, told)
    return ElementTree.tostring(clean, encoding="unicode")


def _clean(element: ElementTree.Element, slug: str) -> ElementTree.Element | None:
    name = element.tag.removeprefix(SVG)
    if name not in KEPT or element.get("display") == "none" or element.get("d") in ("", "M0,0h0v0h0Z"):
        return None
    ours = ElementTree.Element(name)
    classes = []
    for attribute in ("fill", "stroke"):
        value = element.get(attribute, "")
        if value in STAND_INS:
            classes.append(f"{attribute}-{STAND_INS[value]}")
        elif value in ("none", "transparent"):
            ours.set(attribute, "none")
    if classes:
        ours.set("class", " ".join(classes))
    for attribute, value in element.attrib.items():
        if attribute in ATTRIBUTES:
            value = NUMBER.sub(lambda found: f"{float(found[0]):.1f}", value)
            ours.set(attribute, value.replace("url(#", f"url(#{slug}-") if attribute == "clip-path" else value)
    if "id" in ours.attrib:
        ours.set("id", f"{slug}-{ours.attrib['id']}")
    ours.text, ours.tail = element.text, element.tail
    for child in element:
        kept = _clean(child, slug)
        if kept is not None:
            ours.append(kept)
    if name == "g" and not len(ours):
        return None
    return ours
