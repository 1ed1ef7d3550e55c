"""Asking the index: at most three statements, and nothing is told that does not stand in the item's text.

The rows of a query's pieces say which documents may have its words, and how well they would fit. Those are read in
that order, and the words are looked up in their texts; the answer is complete as soon as nothing unread could rank
before it. What two characters cannot tell apart (开饭 + 饭店 without 开饭店) is found out there.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from banjie.engine.not_possible import BadInput
from banjie.records.catalogue.search.postings import Key, Places, among, read
from banjie.records.catalogue.search.text import LONGEST, PREFIX, RANK, Field, Rank, field_at, normal, pairs
from banjie.records.organisation.rulebook import BadRulebook
from banjie.records.organisation.rulebook import read as read_file

START = (-1, -1)
"""Before every rank and place."""
SPARE = 5
"""Documents read beyond those asked for, at least: some will not be in force, or not have the word."""
SOME = 500
"""Places that are looked up one by one, before whole rows are compared."""
EXCERPT = 40
"""Characters of a guide's text that are shown around a word."""


@dataclass(frozen=True, slots=True)
class Found:
    """Why an item was found: the word, the field, and its text in normal form (of a long one what stands around).

    `field`: name, alias, topic, summary, condition, material, flow, question; `everyday` for an everyday word of the
    rulebook, `initials` for first letters.
    """

    word: str
    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """An item that was found; `found` has one entry a word of the query, `name` is in the language asked for."""

    code: str
    version: int
    name: str
    rank: Rank
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """A page of items, the best first; `after` asks for the next page, "" where there is none."""

    items: tuple[Hit, ...] = ()
    after: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the query, and the names an everyday word in it stands for: ((everyday word, part of a name), …)."""

    text: str
    stands_for: tuple[tuple[str, str], ...] = ()

    @property
    def may_be_initials(self) -> bool:
        return self.text.isascii() and self.text.isalnum()


def search(query: str, on: date, limit: int = 20, after: str = "", language: str = "zh-hans") -> Results:
    """The items that can be applied for on a day and have every word of the query, the best first, then by code.

    Words are separated by spaces. `on` is today or later: of a day before an item's last change its former text is no
    longer known here. An empty query finds nothing. BadInput (query, too_long) beyond 60 characters; ValueError for an
    `after` that was not given out.
    """
    text = normal(query)
    if len(text) > LONGEST:
        raise BadInput([("query", "too_long")])
    words = [_word(each) for each in dict.fromkeys(text.split())]
    beyond = _beyond(after)
    if not words or limit < 1:
        return Results()
    rows = read(_pieces(words))
    candidates = _candidates(words, rows)
    if all(len(word.text) <= 2 and not word.stands_for for word in words) and after:
        # Nothing of these can turn out to rank lower, so what stands on earlier pages need not be read again.
        candidates = (each for each in candidates if each > beyond)
    best, is_last = _best(candidates, words, on, limit, beyond)
    english = language.lower().startswith("en")
    hits = tuple(
        Hit(code, version, (english and foreign) or name, Rank(rank), found)
        for (rank, _), (code, version, name, foreign), found in best
    )
    return Results(hits, "" if is_last else "{:d}.{:d}".format(*best[-1][0]))


def _beyond(after: str) -> tuple[int, int]:
    """The rank and place a page begins after; ValueError."""
    if not after:
        return START
    rank, place = after.split(".")
    return int(rank), int(place)


# Everyday words


def _word(text: str) -> Word:
    everyday = _everyday(str(settings.RULEBOOK))
    return Word(text, tuple((each, name) for each, names in everyday.items() if each in text for name in names))


@lru_cache(maxsize=4)
def _everyday(root: str) -> Mapping[str, tuple[str, ...]]:
    """The rulebook's everyday words and the names they stand for, in normal form; BadRulebook."""
    path = Path(root) / "search" / "everyday.yaml"
    if not path.exists():
        return {}
    plain = read_file(path)
    if not isinstance(plain, dict) or not all(isinstance(names, list) for names in plain.values()):
        raise BadRulebook("search/everyday.yaml: a list of names under every word")
    return {normal(str(word)): tuple(normal(str(name)) for name in names) for word, names in plain.items()}


# Candidates


def _pieces(words: Sequence[Word]) -> set[str]:
    """Everything that must be looked up."""
    found: set[str] = set()
    for word in words:
        found.update(pairs(word.text), [word.text])
        for _, name in word.stands_for:
            found.update(pairs(name))
        if word.may_be_initials:
            found.add(word.text[:PREFIX])
    return found


def _candidates(words: Sequence[Word], rows: Mapping[Key, Places]) -> Iterator[tuple[int, int]]:
    """(rank, place) of everything that may have all the words, ascending; each place once, at its best rank."""
    seen: set[int] = set()
    reached: list[set[int]] = [set() for _ in words]
    for rank in Rank:
        if len(words) == 1:
            here = _having(words[0], rank, rows)
        else:
            for word, places in zip(words, reached, strict=True):
                places.update(_having(word, rank, rows))
            here = sorted(set.intersection(*reached))
        for place in here:
            if place not in seen:
                seen.add(place)
                yield int(rank), place


def _having(word: Word, rank: Rank, rows: Mapping[Key, Places]) -> Iterable[int]:
    """The places of all documents that may have this word at this rank, ascending."""
    if rank is Rank.EQUAL:
        return rows.get((word.text, rank), ())
    if rank is Rank.INITIALS:
        return rows.get((word.text[:PREFIX], rank), ()) if word.may_be_initials else ()
    keys: list[Key] = [(piece, rank) for piece in pairs(word.text)]
    if rank is Rank.STARTS:
        keys = [(word.text[:2], rank)]
        keys += [(piece, Rank.NAME) for piece in pairs(word.text)[1:]]
    found = _in_all(keys, rows)
    if rank is Rank.ALIAS and word.stands_for:
        named = [_in_all([(piece, Rank.NAME) for piece in pairs(name)], rows) for _, name in word.stands_for]
        return sorted(set(found).union(*named))
    return found


def _in_all(keys: Sequence[Key], rows: Mapping[Key, Places]) -> Iterator[int]:
    """The places that stand in each of these rows, ascending; the first ones cheaply, for most ask for no more."""
    if any(key not in rows for key in keys):
        return
    shortest, *others = sorted((rows[key] for key in keys), key=len)
    if not others:
        yield from shortest
        return
    yield from (place for place in shortest[:SOME] if all(_stands_in(place, row) for row in others))
    if len(shortest) > SOME:
        yield from sorted(set(shortest[SOME:]).intersection(*others))


def _stands_in(place: int, row: Places) -> bool:
    at = bisect_left(row, place)
    return at < len(row) and row[at] == place


# Reading and ranking

Line = tuple[tuple[int, int], tuple[str, int, str, str], tuple[Found, ...]]
"""(rank, place), (code, version, name, english), why."""


def _best(
    candidates: Iterator[tuple[int, int]], words: Sequence[Word], on: date, limit: int, beyond: tuple[int, int]
) -> tuple[list[Line], bool]:
    """The first `limit` that follow `beyond`, and whether they are the last."""
    first = list(islice(candidates, limit + max(SPARE, limit // 4)))
    found = _looked_up([place for _, place in first], words, on)
    found = sorted(line for line in found if line[0] > beyond)
    # What is unread ranks where the index has it or lower: whatever stands before the next of it stands fast.
    following = next(candidates, None)
    if following and len([line for line in found if line[0] < following]) <= limit:
        found += [line for line in _rest([following, *candidates], words, on, limit, beyond) if line[0] > beyond]
        found.sort()
    return found[:limit], len(found) <= limit


def _looked_up(places: Sequence[int], words: Sequence[Word], on: date) -> list[Line]:
    """The documents at these places that are in force and have the words."""
    sql, values = _documents(places, on)
    return _lines(sql, values, words) if places else []


def _rest(
    unread: Sequence[tuple[int, int]], words: Sequence[Word], on: date, limit: int, beyond: tuple[int, int]
) -> list[Line]:
    """The same of all that is unread. There may be many: the database leaves out what has not all of the words.

    What can only be in the guide's text cannot rank lower still: of that the first `limit` + 1 are enough.
    """
    has = "strpos({}, %s) > 0" if connection.vendor == "postgresql" else "instr({}, %s) > 0"
    condition, texts = "", []
    for word in words:
        parts = [word.text, *(name for _, name in word.stands_for)]
        condition += f" AND ({' OR '.join([has.format('body')] * len(parts) + [has.format('initials')])})"
        texts += [*parts, f"\n{word.text}"]
    low = [place for rank, place in unread if rank == Rank.TEXT and (rank, place) > beyond]
    high = [place for rank, place in unread if rank != Rank.TEXT]
    sql, values = _documents(high, on)
    sql, values = sql + condition, values + texts
    if low:
        more, also = _documents(low, on)
        # An everyday word's name may stand in the text, where it does not count: then more than `limit` are needed.
        enough = "" if any(word.stands_for for word in words) else f" LIMIT {limit + 1:d}"
        sql += f" UNION ALL SELECT * FROM ({more}{condition} ORDER BY place{enough}) AS low"
        values += [*also, *texts]
    return _lines(sql, values, words)


def _documents(places: Sequence[int], on: date) -> tuple[str, list[Any]]:
    """The documents at these places that are in force, as SQL with its parameters."""
    one_of, given = among(places, "bigint")
    sql = (
        "SELECT place, code, version, name, english, body, initials FROM catalogue_search_document"
        f" WHERE place {one_of} AND effective_from <= %s AND (until IS NULL OR until > %s)"
    )
    return sql, [given, on.isoformat(), on.isoformat()]


def _lines(sql: str, values: Sequence[Any], words: Sequence[Word]) -> list[Line]:
    """The documents of a statement that have the words, ranked."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    lines: list[Line] = []
    for place, code, version, name, english, body, initials in rows:
        why = [_why(word, body, initials) for word in words]
        if all(why):
            rank = max(each[0] for each in why if each)
            lines.append(((rank, place), (code, version, name, english), tuple(each[1] for each in why if each)))
    return lines


def _why(word: Word, body: str, initials: str) -> tuple[Rank, Found] | None:
    """How well a word fits a document, and where it stands; None where it does not."""
    best: tuple[Rank, Found] | None = None
    at = body.find(word.text)
    if at >= 0:
        field, text, where = field_at(body, at)
        rank = RANK.get(field, Rank.TEXT)
        if field is Field.NAME:
            rank, text = _as_name(word.text, body, text)
        elif rank is Rank.TEXT:
            start = max(0, where - EXCERPT // 3)
            text = text[start : start + EXCERPT + len(word.text)]
        best = rank, Found(word.text, field.name.lower(), text)
    if best is None or best[0] > Rank.ALIAS:
        for everyday, name in word.stands_for:
            at = body.find(name)
            if at >= 0 and (told := field_at(body, at))[0] is Field.NAME:
                return Rank.ALIAS, Found(everyday, "everyday", told[1])
    if word.may_be_initials and (best is None or best[0] > Rank.INITIALS):
        at = initials.find(f"\n{word.text}")
        if at >= 0:
            return Rank.INITIALS, Found(word.text, "initials", initials[at + 1 :].split("\n", 1)[0])
    return best


def _as_name(word: str, body: str, text: str) -> tuple[Rank, str]:
    """How well a word fits the names, one of which has it; and that name."""
    begins = f"\n{chr(Field.NAME)}{word}"
    if f"{begins}\n" in f"{body}\n":
        return Rank.EQUAL, word
    at = body.find(begins)
    return (Rank.STARTS, field_at(body, at + 2)[1]) if at >= 0 else (Rank.NAME, text)
