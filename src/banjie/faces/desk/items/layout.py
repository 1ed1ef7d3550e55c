"""The fields of a section as a template shows them: label, what stands in it, what is wrong, what it is chosen from."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from banjie import words
from banjie.engine.law import Procedure
from banjie.engine.timelimits import Unit
from banjie.faces.desk.items.offered import Offered, Pairs, coded
from banjie.faces.desk.items.typed import Kind, Shape, Typed, fields_of, row_count, shape_at
from banjie.records.catalogue import naming

LONG = frozenset(
    {
        *("summary", "summary_english", "conditions", "flow", "answer", "text", "validity", "renewal", "help"),
        *("class_reason", "merge_reason", "offline_reason", "visit_reason", "enquiries", "complaints", "fee_basis"),
        "exemption",
        *("materials.standard", "filling", "benchmarks.when", "outcome", "reading", "reduction"),
    }
)
"""Texts that take more than a line, by field or by part and field."""
TITLES = ("name", "title", "question", "label", "text", "event", "post", "ground", "of")
"""What a row is called by: the first of these fields that it has."""


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be chosen."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A sub-record: its number, what it is called, its fields; unfolded where something in it is wrong."""

    path: str
    number: int
    title: str
    nodes: "list[Node]"
    is_open: bool
    is_first: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class Node:
    """A field. `kind`: line, text, lines, number, flag, day, one, several, limit, rows, part.

    `nodes`: the parts of a limit or of a part; `examples`: what of it is 示例 and to be confirmed.
    """

    path: str
    kind: str
    label: str
    value: str = ""
    help: str = ""
    error: str = ""
    options: tuple[Option, ...] = ()
    nodes: "list[Node]" = field(default_factory=list)
    rows: "list[Row]" = field(default_factory=list)
    is_given: bool = True
    may_be_missing: bool = False
    examples: tuple[Option, ...] = ()

    def wrong(self) -> "Iterator[Node]":
        """Itself and what is below it, where something is wrong with it."""
        if self.error:
            yield self
        for each in [*self.nodes, *(each for row in self.rows for each in row.nodes)]:
            yield from each.wrong()


@dataclass(frozen=True, slots=True)
class Sheet:
    """Lays out fields. `open`: the path of the row that was just added or moved; `errors`: codes by path."""

    typed: Typed
    offered: Offered
    language: str
    errors: Mapping[str, str] = field(default_factory=dict)
    examples: Collection[str] = ()
    open: str = ""

    def nodes(self, names: Collection[str]) -> list[Node]:
        """The nodes of these fields of a procedure."""
        found = [self._node(shape_at(Procedure, name), name, "", name.rpartition(".")[2]) for name in names]
        return [replace(each, examples=self._examples(each)) for each in found]

    def _examples(self, node: Node) -> tuple[Option, ...]:
        """What of a field is 示例: the field itself, or a part of it by the number or name of its row."""
        rows = {str(row.number - 1): row.title for row in node.rows}
        found = []
        for each in sorted(self.examples):
            if each == node.path:
                found.append(Option(each, node.label, False))
            elif each.startswith(f"{node.path}."):
                first, *rest = each.removeprefix(f"{node.path}.").split(".")
                part = node.path.rpartition(".")[2]
                names = [rows.get(first, first), *(naming.element_name(part, name, self.language) for name in rest)]
                if not rest and not node.rows:
                    names = [naming.element_name(part, first, self.language)]
                found.append(Option(each, " · ".join((node.label, *names)), False))
        return tuple(found)

    def _node(self, shape: Shape, path: str, part: str, name: str) -> Node:
        told: dict[str, Any] = {
            "path": path,
            "label": naming.element_name(part, name, self.language),
            "error": words.problem(self.errors[path], self.language) if path in self.errors else "",
            "may_be_missing": shape.may_be_missing,
        }
        match shape.kind:
            case Kind.ROWS:
                rows = [self._row(shape, path, name, number) for number in range(row_count(self.typed, path))]
                return Node(kind="rows", rows=rows, **told)
            case Kind.PART:
                given = bool(self.typed.get(f"{path}.given")) or not shape.may_be_missing
                return Node(kind="part", nodes=self._fields(shape, path, name), is_given=given, **told)
            case Kind.LIMIT:
                told["error"] = told["error"] or self._error(f"{path}.number") or self._error(f"{path}.unit")
                return Node(kind="limit", nodes=self._limit(path), **told)
            case Kind.FLAG:
                return Node(kind="flag", value="1" if self.typed.get(path) else "", **told)
            case Kind.SEVERAL:
                return self._several(shape, path, part, name, told)
            case Kind.TEXT:
                return self._text(shape, path, part, name, told)
        return Node(kind=shape.kind.value, value=self._value(path), **told)

    def _text(self, shape: Shape, path: str, part: str, name: str, told: dict[str, Any]) -> Node:
        pairs = self._pairs(shape, part, name)
        value = self._value(path)
        if pairs is not None:
            if shape.of is None and "" not in dict(pairs):
                pairs = [("", "–"), *pairs]
            return Node(kind="one", value=value, options=_options(pairs, [value]), **told)
        is_long = name in LONG or f"{part}.{name}" in LONG
        return Node(kind="text" if is_long else "line", value=value, **told)

    def _several(self, shape: Shape, path: str, part: str, name: str, told: dict[str, Any]) -> Node:
        values = [line for each in self.typed.get(path, []) for line in each.splitlines() if line.strip()]
        pairs = self._pairs(shape, part, name)
        if pairs is not None:
            # What is chosen stands first, in its own order: to open and save a page changes nothing.
            first = [(each, dict(pairs).get(each, each)) for each in values]
            rest = [pair for pair in pairs if pair[0] not in values]
            return Node(kind="several", options=_options([*first, *rest], values), **told)
        return Node(kind="lines", value="\n".join(values), **told)

    def _pairs(self, shape: Shape, part: str, name: str) -> Pairs | None:
        """What can be chosen; None where anything may be written."""
        if shape.of is not None:
            return [
                (each.value, naming.value_name(part, name, each.value, self.language) or each.value)
                for each in shape.of
            ]
        for key in (f"{part}.{name}", *(() if part else (name,))):
            if key in self.offered:
                return list(self.offered[key])
        return list(coded(part, name, self.language)) or None

    def _limit(self, path: str) -> list[Node]:
        units = [(each.value, words.label("units", each.value, self.language)) for each in Unit]
        return [
            Node(path=f"{path}.number", kind="number", label="", value=self._value(f"{path}.number")),
            Node(
                path=f"{path}.unit", kind="one", label="", options=_options(units, self.typed.get(f"{path}.unit", []))
            ),
            Node(path=f"{path}.stays", kind="flag", label="", value="1" if self.typed.get(f"{path}.stays") else ""),
        ]

    def _fields(self, shape: Shape, path: str, part: str) -> list[Node]:
        return [self._node(each, f"{path}.{name}", part, name) for name, each in fields_of(shape.of).items()]

    def _row(self, shape: Shape, path: str, part: str, number: int) -> Row:
        here = f"{path}.{number}"
        nodes = self._fields(shape, here, part)
        by_name = {each.path.rpartition(".")[2]: each for each in nodes}
        title = next((_shown(by_name[each]) for each in TITLES if each in by_name and _shown(by_name[each])), "")
        is_open = self.open == here or any(True for each in nodes for _wrong in each.wrong())
        last = row_count(self.typed, path) - 1
        return Row(here, number + 1, title, nodes, is_open, number == 0, number == last)

    def _value(self, path: str) -> str:
        return (self.typed.get(path) or [""])[-1]

    def _error(self, path: str) -> str:
        return words.problem(self.errors[path], self.language) if path in self.errors else ""


def _options(pairs: Pairs, chosen: Collection[str]) -> tuple[Option, ...]:
    """What can be chosen, and what was chosen and is no longer offered: nothing gets lost by opening a page."""
    known = dict(pairs)
    beside = [(each, each) for each in chosen if each and each not in known]
    return tuple(Option(value, label, value in chosen) for value, label in [*pairs, *beside])


def _shown(node: Node) -> str:
    if node.options:
        return next((each.label for each in node.options if each.is_chosen and each.value), "")
    return node.value.strip().partition("\n")[0][:60]
