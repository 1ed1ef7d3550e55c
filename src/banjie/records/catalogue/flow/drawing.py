"""The chart of a flow as SVG, from top to bottom, drawn from the layout of its BPMN file.

Under a strict Content-Security-Policy: no script, no style; classes and presentation attributes, and every line takes
the colour of the text around it (currentColor). The layout runs from left to right; here its axes change places, and
both are stretched until every text fits its box. Widths of text are estimated, and rather too wide than too narrow.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from xml.etree import ElementTree

from banjie import words
from banjie.engine.law import Procedure
from banjie.records.catalogue.flow.bpmn import edge_id, laid_out
from banjie.records.catalogue.flow.graph import Flow, Node, flow_of
from banjie.records.catalogue.flow.sentences import in_words
from banjie.words.catalogue import DEFAULT, catalogue, fill

BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
SVG = "http://www.w3.org/2000/svg"
TASK = (80.0, 100.0)
"""Width and height of a task in the layout, its axes changed."""
ACROSS = 2.2
"""How much wider than the layout."""
LEAST_DOWN = 0.8
MARGIN, PADDING = 16.0, 12.0
NAME, SMALL = 14.0, 12.0
LEADING = 1.4
CLOSING = frozenset("，。、；：！？）》”’」』】,.;:!?)")

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """Where something stands, in pixels of the drawing."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> Point:
        """Its centre."""
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text around `x` (`anchor`: middle or start), its baseline at `y`."""

    text: str
    x: float
    y: float
    size: float
    anchor: str = "middle"
    css: str = "flow-small"

    @property
    def box(self) -> Box:
        """The room it takes, as estimated."""
        width = width_of(self.text, self.size)
        left = self.x - width / 2 if self.anchor == "middle" else self.x
        return Box(left, self.y - self.size * 0.88, width, self.size * 1.12)


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that is drawn."""

    boxes: dict[str, Box]
    ways: dict[str, tuple[Point, ...]]
    lines: tuple[tuple[str, Line], ...]
    width: float
    height: float


def svg(procedure: Procedure, language: str = DEFAULT) -> str:
    """The chart as a whole <svg> element: role img, with its title and, for who does not see it, the flow in words."""
    flow = flow_of(procedure, language)
    shown = picture(flow)
    root = ElementTree.Element(
        "svg",
        {
            "xmlns": SVG,
            "class": "flow",
            "role": "img",
            "lang": "en" if words.language_of(language) == "en" else "zh-Hans",
            "viewBox": f"0 0 {shown.width:.0f} {shown.height:.0f}",
            "width": f"{shown.width:.0f}",
            "height": f"{shown.height:.0f}",
            "font-family": "sans-serif",
            "aria-labelledby": f"flow-{flow.id}-title flow-{flow.id}-desc",
        },
    )
    title = ElementTree.SubElement(root, "title", id=f"flow-{flow.id}-title")
    title.text = fill(catalogue(language)["flow"]["chart"], {"name": flow.name})
    ElementTree.SubElement(root, "desc", id=f"flow-{flow.id}-desc").text = "\n".join(in_words(procedure, language))
    for way in shown.ways.values():
        _draw_way(root, way)
    for node in flow.nodes:
        _draw_node(root, node, shown.boxes[node.id])
    for _, line in shown.lines:
        attributes = {
            "class": line.css,
            "x": f"{line.x:.1f}",
            "y": f"{line.y:.1f}",
            "font-size": f"{line.size:g}",
            "text-anchor": line.anchor,
            "fill": "currentColor",
        }
        if line.css == "flow-name":
            attributes["font-weight"] = "bold"
        ElementTree.SubElement(root, "text", attributes).text = line.text
    return ElementTree.tostring(root, encoding="unicode")


@lru_cache(maxsize=256)
def picture(flow: Flow) -> Picture:
    """Where every node, edge and line of text of a flow stands."""
    texts = {node.id: list(_texts(node)) for node in flow.nodes if node.kind == "task"}
    needed = max(sum(size * LEADING for _, size, _ in each) for each in texts.values()) + 2 * PADDING
    down = max(needed / TASK[1], LEAST_DOWN)
    shapes, ways = _layout(laid_out(flow), down)
    lines: list[tuple[str, Line]] = []
    for node in flow.nodes:
        lines += ((node.id, each) for each in _node_lines(node, shapes[node.id], texts.get(node.id, [])))
    for number, edge in enumerate(flow.edges):
        if edge.name:
            lines.append((edge_id(number), _edge_line(edge.name, ways[edge_id(number)])))
    right = max([box.x + box.width for box in (*shapes.values(), *(line.box for _, line in lines))])
    right = max([right, *(x for way in ways.values() for x, _ in way)])
    left = min([box.x for box in (*shapes.values(), *(line.box for _, line in lines))])
    bottom = max([box.y + box.height for box in (*shapes.values(), *(line.box for _, line in lines))])
    moved = _moved(shapes, ways, lines, MARGIN - left)
    return Picture(*moved, right - left + 2 * MARGIN, bottom + MARGIN)


def _moved(
    shapes: dict[str, Box], ways: dict[str, tuple[Point, ...]], lines: list[tuple[str, Line]], by: float
) -> tuple[dict[str, Box], dict[str, tuple[Point, ...]], tuple[tuple[str, Line], ...]]:
    return (
        {name: Box(box.x + by, box.y, box.width, box.height) for name, box in shapes.items()},
        {name: tuple((x + by, y) for x, y in way) for name, way in ways.items()},
        tuple((of, Line(line.text, line.x + by, line.y, line.size, line.anchor, line.css)) for of, line in lines),
    )


def _layout(xml: str, down: float) -> tuple[dict[str, Box], dict[str, tuple[Point, ...]]]:
    """The shapes and ways of the BPMN diagram, its axes changed and stretched."""
    root = ElementTree.fromstring(xml)
    bounds = {
        shape.attrib["bpmnElement"]: [float(shape[0].attrib[name]) for name in ("x", "y", "width", "height")]
        for shape in root.iter(f"{{{BPMNDI}}}BPMNShape")
    }
    found = {
        edge.attrib["bpmnElement"]: [(float(each.attrib["x"]), float(each.attrib["y"])) for each in edge]
        for edge in root.iter(f"{{{BPMNDI}}}BPMNEdge")
    }
    top = min(x for x, _, _, _ in bounds.values())

    def placed(x: float, y: float) -> Point:
        return y * ACROSS, (x - top) * down + MARGIN

    shapes = {}
    for name, (x, y, width, height) in bounds.items():
        left, upper = placed(x, y)
        shapes[name] = Box(left, upper, height * ACROSS, width * down)
    return shapes, {name: _straight([placed(x, y) for x, y in way]) for name, way in found.items()}


def _straight(way: list[Point]) -> tuple[Point, ...]:
    """A way without points that stand twice or in the middle of a line."""
    kept: list[Point] = []
    for point in way:
        if kept and kept[-1] == point:
            continue
        while len(kept) > 1 and (kept[-2][0] == kept[-1][0] == point[0] or kept[-2][1] == kept[-1][1] == point[1]):
            kept.pop()
        kept.append(point)
    return tuple(kept)


# Text


def width_of(text: str, size: float) -> float:
    """The width of a text in pixels, estimated: a Chinese character is as wide as high, a Latin one narrower."""
    return sum(size if unicodedata.east_asian_width(each) in "WFA" else size * 0.6 for each in text)


def wrapped(text: str, size: float, width: float) -> list[str]:
    """The text in lines of at most this width, broken between words or Chinese characters, never before a full stop."""
    lines = [""]
    for part in _parts(text):
        grown = lines[-1] + part
        if lines[-1] and width_of(grown.rstrip(), size) > width and part.strip() not in CLOSING:
            lines.append("")
            part = part.lstrip()
        while width_of(part.rstrip(), size) > width and len(part) > 1:  # a word longer than a line
            fits = max(1, int(width // width_of(part[0], size)))
            lines[-1] += part[:fits]
            lines.append("")
            part = part[fits:]
        lines[-1] += part
    return [line.strip() for line in lines if line.strip()]


def _parts(text: str) -> Iterator[str]:
    """Words with the space before them, and single Chinese characters."""
    word = ""
    for each in " ".join(text.split()):
        if unicodedata.east_asian_width(each) in "WF":
            if word:
                yield word
            yield each
            word = ""
        elif each == " ":
            if word:
                yield word
            word = " "
        else:
            word += each
    if word:
        yield word


def _texts(node: Node) -> Iterator[tuple[str, float, str]]:
    """The lines of a task's box with their sizes and classes."""
    room = TASK[0] * ACROSS - 2 * PADDING
    told = [(node.name, NAME, "flow-name"), (node.unit, SMALL, "flow-unit")]
    told += [(each, SMALL, "flow-limit") for each in node.limit.splitlines()]
    for text, size, css in told:
        for line in wrapped(text, size, room):
            yield line, size, css


def _node_lines(node: Node, box: Box, texts: list[tuple[str, float, str]]) -> Iterator[Line]:
    x, y = box.middle
    if node.kind == "task":
        y -= sum(size * LEADING for _, size, _ in texts) / 2
        for text, size, css in texts:
            yield Line(text, x, y + size * 1.08, size, css=css)
            y += size * LEADING
    elif node.kind == "end":
        y = box.y + box.height
        for text in wrapped(node.name, SMALL, TASK[0] * ACROSS):
            y += SMALL * LEADING
            yield Line(text, x, y, SMALL, css="flow-end-name")
    elif node.name:
        yield Line(
            node.name, x, y + SMALL * 0.36, SMALL, css="flow-question" if node.kind == "choice" else "flow-start"
        )


def _edge_line(text: str, way: tuple[Point, ...]) -> Line:
    """Beside the last stretch of a way that leads down: there the ways from one gateway have parted."""
    (x0, y0), (x1, y1) = way[-2], way[-1]
    if x0 == x1:
        return Line(text, x1 + 6, y1 - (14 if y1 > y0 else -22), SMALL, "start", "flow-way")
    if len(way) > 2:
        return Line(text, x0 + 6, (way[-3][1] + y0) / 2, SMALL, "start", "flow-way")
    return Line(text, (x0 + x1) / 2, y1 - 6, SMALL, "middle", "flow-way")


# Shapes


def _draw_way(root: ElementTree.Element, way: tuple[Point, ...]) -> None:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in way)
    attributes = {"class": "flow-line", "points": points, "fill": "none", "stroke": "currentColor"}
    ElementTree.SubElement(root, "polyline", attributes)
    (x0, y0), (x, y) = way[-2], way[-1]
    length = max(abs(x - x0) + abs(y - y0), 1.0)
    dx, dy = (x - x0) / length, (y - y0) / length
    head = [(x, y), (x - 9 * dx + 4 * dy, y - 9 * dy + 4 * dx), (x - 9 * dx - 4 * dy, y - 9 * dy - 4 * dx)]
    points = " ".join(f"{px:.1f},{py:.1f}" for px, py in head)
    ElementTree.SubElement(root, "polygon", {"class": "flow-head", "points": points, "fill": "currentColor"})


def _draw_node(root: ElementTree.Element, node: Node, box: Box) -> None:
    x, y = box.middle
    line = {"fill": "none", "stroke": "currentColor"}
    if node.kind == "task":
        place = {"x": f"{box.x:.1f}", "y": f"{box.y:.1f}", "width": f"{box.width:.1f}", "height": f"{box.height:.1f}"}
        ElementTree.SubElement(root, "rect", {"class": "flow-task", **place, "rx": "6", **line})
    elif node.kind in ("start", "end"):
        thick = {"stroke-width": "3"} if node.kind == "end" else {}
        place = {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "rx": f"{box.width / 2:.1f}", "ry": f"{box.height / 2:.1f}"}
        ElementTree.SubElement(root, "ellipse", {"class": f"flow-{node.kind}", **place, **line, **thick})
    else:
        corners = [(x, box.y), (box.x + box.width, y), (x, box.y + box.height), (box.x, y)]
        points = " ".join(f"{px:.1f},{py:.1f}" for px, py in corners)
        ElementTree.SubElement(root, "polygon", {"class": f"flow-{node.kind}", "points": points, **line})
        if node.kind in ("fork", "join"):
            path = f"M {x - 7:.1f} {y:.1f} H {x + 7:.1f} M {x:.1f} {y - 7:.1f} V {y + 7:.1f}"
            ElementTree.SubElement(root, "path", {"class": "flow-mark", "d": path, **line, "stroke-width": "2"})
