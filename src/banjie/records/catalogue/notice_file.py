"""A holiday notice as a file: YAML, JSON or CSV, read with its line numbers. Says everything that is wrong, at once.

YAML and JSON hold one year, a list of years, or {years: […], overlays: […]}; each year as the files of
rulebook/calendars: {year, status, document (or doc_no), published_on, holidays: [{name, english, from, to}], workdays:
[…]}. An overlay has `region` in the place of `year`. CSV has one row a span: year, region, status, document,
published_on, kind (holiday or workday), name, english, from, to.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import yaml

MOST_BYTES = 200_000
LONGEST_HOLIDAY = 15
"""Days: a longer one is a slip of the hand, in every notice so far."""
FIRST_YEAR, LAST_YEAR = 1990, 2200
COLUMNS = ("year", "region", "status", "document", "published_on", "kind", "name", "english", "from", "to")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong where: the line of the file (0: the file as a whole), what stands there, and a code."""

    line: int
    value: str
    code: str


class BadNotice(ValueError):
    """A notice that cannot be taken: every problem of it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(", ".join(f"line {each.line}: {each.code} ({each.value})" for each in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Span:
    """Days off with a name, and the line they stand in."""

    line: int
    name: str
    english: str
    first: str
    last: str


@dataclass(slots=True)
class Entry:
    """One year, or what a region lays over (`year` is then ""), as it was written."""

    line: int
    year: str = ""
    region: str = ""
    status: str = ""
    document: str = ""
    published_on: str = ""
    holidays: list[Span] = field(default_factory=list)
    workdays: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Notice:
    """What a file says: years and overlays, shaped as `load_calendar` takes them."""

    years: tuple[Mapping[str, Any], ...]
    overlays: tuple[Mapping[str, Any], ...]


def read(name: str, content: bytes) -> Notice:
    """The years and overlays of a file; BadNotice."""
    if len(content) > MOST_BYTES:
        raise BadNotice([Problem(0, name, "file_too_large")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadNotice([Problem(0, name, "not_utf8")]) from None
    entries = list(_of_csv(text) if name.lower().endswith(".csv") else _of_yaml(text))
    return checked(entries)


def checked(entries: list[Entry]) -> Notice:
    """The same entries as plain content; BadNotice with everything that is wrong with them."""
    problems: list[Problem] = []
    years, overlays = [], []
    for entry in entries:
        problems += _problems(entry)
        plain = {"holidays": [_plain(each) for each in entry.holidays], "workdays": [day for _, day in entry.workdays]}
        if entry.year:
            told = {"document": entry.document, "published_on": entry.published_on, "status": _status(entry)}
            years.append({"year": int(entry.year) if entry.year.isdecimal() else 0, **told, **plain})
        else:
            overlays.append({"region": entry.region, **plain})
    if not entries:
        problems.append(Problem(0, "", "nothing_in_it"))
    seen = [each.year for each in entries if each.year]
    problems += [Problem(0, year, "year_twice") for year in sorted({each for each in seen if seen.count(each) > 1})]
    if problems:
        raise BadNotice(problems)
    return Notice(tuple(years), tuple(overlays))


def _status(entry: Entry) -> str:
    return entry.status or "official"


def _plain(span: Span) -> dict[str, str]:
    return {"name": span.name, "english": span.english, "from": span.first, "to": span.last}


# What can be wrong


def _problems(entry: Entry) -> Iterator[Problem]:
    year = 0
    if entry.year:
        year = int(entry.year) if entry.year.isdecimal() and len(entry.year) == 4 else 0
        if not FIRST_YEAR <= year <= LAST_YEAR:
            yield Problem(entry.line, entry.year, "no_such_year")
            return
        if _status(entry) not in ("official", "provisional"):
            yield Problem(entry.line, entry.status, "no_such_status")
        if _status(entry) == "official":
            if not entry.document.strip():
                yield Problem(entry.line, entry.year, "document_needed")
            if _day(entry.published_on) is None:
                yield Problem(entry.line, entry.published_on, "published_on_needed")
            if not entry.holidays:
                yield Problem(entry.line, entry.year, "no_holidays")
    elif not entry.region:
        yield Problem(entry.line, "", "year_needed")
        return
    off: dict[date, str] = {}
    for span in entry.holidays:
        yield from _of_span(span, year, off)
    seen: set[date] = set()
    for line, text in entry.workdays:
        day = _day(text)
        if day is None:
            yield Problem(line, text, "no_such_day")
        elif year and day.year != year:
            yield Problem(line, text, "outside_year")
        elif day in seen:
            yield Problem(line, text, "day_twice")
        elif day in off:
            yield Problem(line, text, "works_on_a_holiday")
        elif day.weekday() < 5 and year:
            yield Problem(line, text, "works_anyway")
        if day:
            seen.add(day)


def _of_span(span: Span, year: int, off: dict[date, str]) -> Iterator[Problem]:
    first, last = _day(span.first), _day(span.last)
    if not span.name.strip():
        yield Problem(span.line, span.first, "name_needed")
    for text, day in ((span.first, first), (span.last, last)):
        if day is None:
            yield Problem(span.line, text, "no_such_day")
        elif year and day.year != year:
            yield Problem(span.line, text, "outside_year")
    if first is None or last is None:
        return
    if last < first:
        yield Problem(span.line, f"{span.first} – {span.last}", "ends_before_it_begins")
    elif (last - first).days >= LONGEST_HOLIDAY:
        yield Problem(span.line, f"{span.first} – {span.last}", "too_long_a_holiday")
    else:
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            if day in off:
                yield Problem(span.line, day.isoformat(), "day_twice")
            off[day] = span.name


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


# YAML and JSON (which YAML can read), node by node for the sake of the line


def _of_yaml(text: str) -> Iterator[Entry]:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        raise BadNotice([Problem(mark.line + 1 if mark else 0, "", "cannot_be_read")]) from None
    except RecursionError:  # brackets in brackets, thousands deep: no notice
        raise BadNotice([Problem(1, "", "cannot_be_read")]) from None
    if root is None:
        return
    if isinstance(root, yaml.SequenceNode):
        nodes = list(root.value)
    elif isinstance(root, yaml.MappingNode) and {"years", "overlays"} & _keys(root).keys():
        nodes = [each for name in ("years", "overlays") for each in _list(_keys(root).get(name))]
    else:
        nodes = [root]
    for node in nodes:
        yield _entry(node)


def _entry(node: yaml.Node) -> Entry:
    keys = _keys(node)
    entry = Entry(
        line=node.start_mark.line + 1,
        year=_text(keys.get("year")),
        region=_text(keys.get("region")),
        status=_text(keys.get("status")),
        document=_text(keys.get("document")) or _text(keys.get("doc_no")),
        published_on=_text(keys.get("published_on")),
    )
    for each in _list(keys.get("holidays")):
        of = _keys(each)
        first = _text(of.get("from"))
        entry.holidays.append(
            Span(each.start_mark.line + 1, _text(of.get("name")), _text(of.get("english")), first,
                 _text(of.get("to")) or first)
        )  # fmt: skip
    entry.workdays = [(each.start_mark.line + 1, _text(each)) for each in _list(keys.get("workdays"))]
    return entry


def _keys(node: yaml.Node | None) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        line = node.start_mark.line + 1 if node else 0
        raise BadNotice([Problem(line, _text(node), "not_as_described")])
    return {str(key.value): value for key, value in node.value if isinstance(key, yaml.ScalarNode)}


def _list(node: yaml.Node | None) -> list[yaml.Node]:
    if node is None or (isinstance(node, yaml.ScalarNode) and node.value in ("", "null", "~")):
        return []
    if not isinstance(node, yaml.SequenceNode):
        raise BadNotice([Problem(node.start_mark.line + 1, _text(node), "not_as_described")])
    return list(node.value)


def _text(node: yaml.Node | None) -> str:
    if not isinstance(node, yaml.ScalarNode) or node.tag.endswith(":null"):
        return ""
    return str(node.value).strip()[:200]


# CSV


def _of_csv(text: str) -> Iterator[Entry]:
    rows = csv.reader(io.StringIO(text, newline=""))
    try:
        header = [each.strip() for each in next(rows, [])]
        missing = {"kind", "from"} - set(header) or set(header) - set(COLUMNS) - {"doc_no"}
        if missing:
            raise BadNotice([Problem(1, ", ".join(sorted(missing)), "not_as_described")])
        entries: dict[tuple[str, str], Entry] = {}
        for cells in rows:
            if any(each.strip() for each in cells):
                _of_row(dict(zip(header, (each.strip()[:200] for each in cells), strict=False)), rows.line_num, entries)
    except csv.Error:
        raise BadNotice([Problem(rows.line_num, "", "cannot_be_read")]) from None
    yield from entries.values()


def _of_row(row: Mapping[str, str], line: int, entries: dict[tuple[str, str], Entry]) -> None:
    year, region = row.get("year", ""), row.get("region", "")
    entry = entries.setdefault((year, region), Entry(line, year, region))
    entry.status = entry.status or row.get("status", "")
    entry.document = entry.document or row.get("document", "") or row.get("doc_no", "")
    entry.published_on = entry.published_on or row.get("published_on", "")
    first = row.get("from", "")
    if row.get("kind") == "holiday":
        entry.holidays.append(
            Span(line, row.get("name", ""), row.get("english", ""), first, row.get("to", "") or first)
        )
    elif row.get("kind") == "workday":
        entry.workdays.append((line, first))
    else:
        raise BadNotice([Problem(line, row.get("kind", ""), "not_as_described")])
