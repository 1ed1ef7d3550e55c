"""What the pages of the calendars show: months day by day, what changes, and what that does to each case."""

import csv
import io
from calendar import Calendar as Weeks
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from banjie import words
from banjie.cases import plans
from banjie.cases.models import Plan, PlanLine
from banjie.engine.calendar import Calendar
from banjie.engine.events import TOLD_CLOCKS
from banjie.engine.law import Law, Procedure, StepRule
from banjie.records.catalogue import calendars, queries
from banjie.records.catalogue.calendars import DayChange
from banjie.records.catalogue.models import CalendarVersion
from banjie.records.catalogue.notices import calendar_of
from banjie.records.organisation.queries import unit_names
from banjie.words.names import names_of

PAGE = 50
MOST_IN_FILE = 100_000


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of a month: whether it counts, why, and whether that is new."""

    day: date
    kind: str
    said: str
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    """A month in weeks from Monday; None for a day of another month."""

    name: str
    weeks: tuple[tuple[Cell | None, ...], ...]


def months(calendar: Calendar, year: int, language: str, changed: Iterable[date] = ()) -> list[Month]:
    """The twelve months of a year; those alone in which something changed, where changes are given."""
    new = set(changed)
    wanted = sorted({each.month for each in new if each.year == year}) if new else range(1, 13)
    return [_month(calendar, year, number, language, new) for number in wanted]


def _month(calendar: Calendar, year: int, number: int, language: str, new: set[date]) -> Month:
    weeks = tuple(
        tuple(_cell(calendar, day, language, day in new) if day.month == number else None for day in week)
        for week in Weeks().monthdatescalendar(year, number)
    )
    named = date(year, number, 1)
    return Month(named.strftime("%B %Y") if language == "en" else f"{year}年{number}月", weeks)


def _cell(calendar: Calendar, day: date, language: str, is_changed: bool) -> Cell:
    code, name = calendar.reason(day)
    told = words.label("holidays", name, language) if name else words.label("ledger", code, language)
    return Cell(day, code, told, is_changed)


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a calendar as it stands: its years with their notices."""

    row: CalendarVersion
    years: tuple[tuple[int, bool, str], ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A calendar that is kept: its versions, the newest first; the year that is missing, and what is under way."""

    region: str
    name: str
    versions: tuple[Version, ...]
    missing: int | None
    open: Plan | None
    follows: str


def kept(regions: Sequence[str], on: date, language: str) -> list[Kept]:
    """Every calendar of these regions."""
    missing = calendars.missing_year(on)
    found = []
    for region in regions:
        rows = list(CalendarVersion.objects.filter(region=region).order_by("-position"))
        follows = "" if rows or region == queries.NATIONAL else region_name(queries.NATIONAL, language)
        found.append(
            Kept(
                region, region_name(region, language), tuple(_version(each) for each in rows), missing.get(region),
                plans.open_plan(plans.CALENDAR, region), follows,
            )
        )  # fmt: skip
    return found


def _version(row: CalendarVersion) -> Version:
    years = calendars.plain_of(row)["years"]
    return Version(
        row, tuple((each["year"], each["status"] == "official", each["document"]) for each in reversed(years))
    )


def region_name(region: str, language: str) -> str:
    """What a calendar is called."""
    if region == queries.NATIONAL:
        return _("National calendar")
    return _("Calendar of %(region)s") % {"region": calendars.name_of(region, language)}


# A plan


@dataclass(frozen=True, slots=True)
class Changed:
    """A day that changes, in words."""

    day: date
    was: str
    now: str
    works: bool


@dataclass(frozen=True, slots=True)
class Move:
    """A date of a case that moves."""

    clock: str
    before: date
    after: date
    is_later: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A case of a plan: its dates from old to new, why, whom to tell; or why it stays, and what to do."""

    number: str
    item: str
    unit: str
    moves: tuple[Move, ...]
    why: tuple[str, ...]
    tell: str
    done: str
    refusal: words.Refusal | None


@dataclass(frozen=True, slots=True)
class Effect:
    """What a plan changes of the calendar."""

    days: tuple[Changed, ...]
    official: tuple[int, ...]
    added: tuple[int, ...]
    months: tuple[Month, ...]


def effect(row: Plan, language: str) -> Effect | None:
    """The days that a calendar's plan changes; None for another kind of plan."""
    if row.content is None:
        return None
    after = calendar_of(row.content)
    change = _change(row, after)
    days = [each.day for each in change]
    told = calendars.changes(_before(row), after) if row.before else calendars.Change((), tuple(after.years), ())
    shown = [month for year in sorted({each.year for each in days}) for month in months(after, year, language, days)]
    return Effect(tuple(_changed(each, language) for each in change), told.official, told.added, tuple(shown))


def _before(row: Plan) -> Calendar:
    return calendar_of(calendars.plain_of(CalendarVersion.objects.get(version=row.before)))


def _change(row: Plan, after: Calendar) -> tuple[DayChange, ...]:
    return calendars.changes(_before(row), after).days if row.before else ()


def _changed(each: DayChange, language: str) -> Changed:
    return Changed(each.day, _reason(each.was, language), _reason(each.now, language), each.works)


def _reason(reason: tuple[str, str], language: str) -> str:
    code, name = reason
    told = words.label("ledger", code, language)
    return f"{told} ({words.label('holidays', name, language)})" if name else told


def lines(row: Plan, found: Sequence[PlanLine], language: str) -> list[Line]:
    """These cases of a plan, in words: a fixed number of statements for any number of them."""
    laws = queries.laws({(each.procedure, each.procedure_version) for each in found})
    units = unit_names(language)
    days = [each.day for each in _change(row, calendar_of(row.content))] if row.content else []
    return [_line(each, laws[each.procedure, each.procedure_version], units, days, language) for each in found]


def _line(each: PlanLine, law: Law, units: Mapping[str, str], days: Sequence[date], language: str) -> Line:
    moves = [
        (clock, step, date.fromisoformat(before), date.fromisoformat(after))
        for clock, step, before, after in each.moved
    ]
    last = max((max(before, after) for _, _, before, after in moves), default=each.since)
    told = {clock.value for clock in TOLD_CLOCKS} & {clock for clock, *_rest in moves}
    return Line(
        number=each.number,
        item=_own(law.procedure, language),
        unit=units.get(each.unit, each.unit),
        moves=tuple(
            Move(_clock(clock, step, law, language), before, after, after > before)
            for clock, step, before, after in moves
        ),
        why=tuple(words.day_in_words(day, language) for day in days if each.since < day <= last) if moves else (),
        tell=_tell(bool(told), each.account) if moves else "",
        done=each.done,
        refusal=words.refusal_of(each.code, each.facts, language, names_of(law.procedure, language))
        if each.code
        else None,
    )


def _own(named: Procedure | StepRule, language: str) -> str:
    return (language == "en" and named.english) or named.name


def _clock(clock: str, step: str, law: Law, language: str) -> str:
    told, rule = words.label("clocks", clock, language), law.procedure.step(step)
    return f"{told} ({_own(rule, language)})" if rule else told


def _tell(is_told: bool, account: bool) -> str:
    if not is_told:
        return _("only the office: it is a date of its own")
    return _("the applicant, by message") if account else _("the applicant has no account: by telephone or letter")


def as_csv(row: Plan, language: str) -> Iterator[str]:
    """The lines of a plan as CSV, one date a row, with a byte-order mark for the spreadsheets of offices."""
    names = (_("Case"), _("Item"), _("Unit"), _("Date"), _("before the change"), _("after the change"))
    head = (*names, _("Days that changed"), _("Who is told"), _("Stays because"))
    yield "\ufeff" + _csv(head)
    found = plans.lines(row).order_by("stream")
    last = None
    while page := list((found.filter(stream__gt=last) if last else found)[:500]):
        for each in lines(row, page, language):
            plain = (each.number, each.item, each.unit)
            for move in each.moves:
                because = "、".join(each.why)
                yield _csv((*plain, move.clock, str(move.before), str(move.after), because, each.tell, ""))
            if each.refusal:
                yield _csv((*plain, "", "", "", "", "", each.refusal.what))
        last = page[-1].stream


def _csv(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([_harmless(each) for each in cells])
    return out.getvalue()


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet does not take for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def stage_of(row: Plan) -> str:
    """Where a plan stands, in words."""
    told = {
        plans.PROPOSED: _("being looked at"),
        plans.PREVIEWED: _("waits for release"),
        plans.RELEASED: _("being carried out"),
        plans.CARRIED_OUT: _("carried out"),
        plans.DROPPED: _("put aside"),
    }[row.stage]
    return _("undone") if row.undone_by else told
