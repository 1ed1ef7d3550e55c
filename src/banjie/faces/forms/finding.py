"""Looking for an item in one's own words: a page of what was found, each with why."""

from dataclasses import dataclass

from banjie import words
from banjie.engine.not_possible import BadInput
from banjie.faces.forms.saying import language_of
from banjie.records import catalogue
from banjie.records.catalogue import queries
from banjie.records.catalogue.search import Found, search
from banjie.web import clock
from banjie.web.request import Request

PAGE = 20
MOST_ITEMS = 500


@dataclass(frozen=True, slots=True)
class Line:
    """An item with the words by which it was found; none where everything is listed."""

    item: queries.Item
    found: tuple[Found, ...] = ()


@dataclass(frozen=True, slots=True)
class Looked:
    """What is shown: what was typed, the items, how the next page is asked for ("": it is the last), what was wrong."""

    q: str
    lines: tuple[Line, ...]
    after: str = ""
    is_first: bool = True
    problem: str = ""


def looked_for(request: Request) -> Looked:
    """The items that `?q=` finds today, the best first, from `?after=` on; all of them where nothing is looked for."""
    today, language = clock.today(), language_of(request)
    wanted, after = request.GET.get("q", "").strip()[:200], request.GET.get("after", "")[:40]
    if not wanted:
        return Looked("", tuple(Line(each) for each in catalogue.items(today, language, limit=MOST_ITEMS)))
    try:
        results = search(wanted, today, PAGE, after, language)
    except BadInput:
        return Looked(wanted, (), problem=words.problem("too_long", language))
    except ValueError:  # an address that was put together by hand: from the beginning
        after = ""
        results = search(wanted, today, PAGE, after, language)
    lines = queries.lines_of([(hit.code, hit.version) for hit in results.items], today, language)
    shown = tuple(Line(lines[hit.code], hit.found) for hit in results.items if hit.code in lines)
    return Looked(wanted, shown, results.after, not after)
