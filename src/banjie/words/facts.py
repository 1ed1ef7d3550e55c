"""The flat facts a sentence can show: each value of an event or a refusal, in words, under the name of its field.

Two readers: `in_words` turns one value into words by the name it has in the engine, so that a field added there needs
a line here only where its words stand in a section of their own; `facts_of` adds what a sentence needs besides: who
acted, and the dates that follow from the limits.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from banjie.engine import events as e
from banjie.engine.clocks import INSTANTS, Running, legal_clock, notice_clock, promised_clock
from banjie.engine.law import Clock, Law
from banjie.engine.lots import Lot
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import Stage, State
from banjie.engine.timelimits import Calendar, Limit, due, is_provisional
from banjie.words.catalogue import DEFAULT, label, phrase
from banjie.words.dates import day_in_words, instant_in_words, limit_in_words
from banjie.words.money import yuan
from banjie.words.names import Names, name_of, names_of
from banjie.words.remedies import remedy_text

Audience = Literal["staff", "applicant", "third_party"]

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "act": ("commands",),
    "asked": ("duties",),
    "authority": ("posts",),
    "cause": ("causes",),
    "channel": ("channels",),
    "clocks": ("clocks",),
    "defect": ("defects",),
    "derived": ("item_classes",),
    "document": ("documents",),
    "done": ("duties",),
    "duties": ("duties",),
    "entering": ("commands",),
    "form": ("forms",),
    "ground": ("grounds",),
    "how": ("ways_to_see",),
    "kind": ("step_kinds",),
    "limit": ("limits",),
    "measure": ("measures",),
    "measures": ("measures",),
    "method": ("methods", "delivery_methods", "verify_ways"),
    "office": ("offices",),
    "offices": ("offices",),
    "one": ("duties",),
    "opens": ("step_kinds",),
    "opinion": ("outcomes",),
    "outcome": ("outcomes",),
    "other": ("duties",),
    "outcomes": ("outcomes", "methods"),
    "part": ("procedure_parts",),
    "post": ("posts",),
    "posts": ("posts",),
    "reason": ("visit_reasons", "grounds"),
    "reasons": ("visit_reasons",),
    "result": ("results",),
    "stage": ("stages",),
    "standing": ("standings",),
    "state": ("item_states",),
    "told": ("item_classes",),
    "verify_mode": ("verify_modes",),
    "ways": ("ways_to_see", "verify_ways"),
    "why": ("principal_reasons", "late_reasons"),
}
"""Fields whose values are codes with words of their own: the sections to look in, in order."""

NAMED: Mapping[str, tuple[str, ...]] = {
    "after": ("step",),
    "agency": ("agency",),
    "branches": ("step",),
    "contact": ("person",),
    "against": ("person",),
    "consent": ("person",),
    "criteria": ("criterion",),
    "criterion": ("criterion",),
    "ground": ("ground",),
    "home": ("agency",),
    "from_unit": ("unit",),
    "host": ("person",),
    "joiner": ("person",),
    "leaver": ("person",),
    "licence": ("licence",),
    "material": ("material",),
    "materials": ("material",),
    "missing": ("material",),
    "opens": ("step",),
    "people": ("person",),
    "place": ("unit",),
    "point": ("material", "question", "criterion"),
    "procedure": ("procedure",),
    "second": ("person",),
    "step": ("step",),
    "steps": ("step",),
    "to_unit": ("unit",),
    "unit": ("unit",),
}
"""Fields whose values only the look-up can name: the kinds to ask for, in order."""

UNKNOWN_IS_LEFT_OUT = frozenset({"host", "contact"})
"""People whose pseudonym and whose absence say equally little: the sentence does without them."""

POINT_NAMES = {
    e.PointKind.MATERIAL: "material",
    e.PointKind.QUESTION: "question",
    e.PointKind.CRITERION: "criterion",
}


def facts_of(
    event: e.Event,
    language: str = DEFAULT,
    names: Names | None = None,
    law: Law | None = None,
    state: State | None = None,
) -> dict[str, str]:
    """Everything a sentence about this event can show, by name.

    With `law` come the dates that follow from the event's own limits (`due`, …), with the `state` after the event also
    `legal_due` and `promised_due`. A value that is empty or not known is not in it.
    """
    found = {"on": day_in_words(event.on, language), "by": _actor(event.by, language, names, law)}
    for each in dataclasses.fields(event):
        if each.name != "by":
            found[each.name] = in_words(each.name, getattr(event, each.name), language, names)
    found |= _own(event, language, names)
    if law:
        found |= _dates(event, law, language)
        if state:
            known = _standing(event, state, law, language, names)
            found |= {name: words for name, words in known.items() if words}
    return {name: words for name, words in found.items() if words}


def in_words(name: str, value: Any, language: str = DEFAULT, names: Names | None = None) -> str:
    """One value in words, by its kind and by the name of its field; "" for nothing."""
    if value is None or value == "" or value == ():
        return ""
    if isinstance(value, bool):
        return phrase(f"{name}_{'yes' if value else 'no'}", language)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime):
        return instant_in_words(value, language)
    if isinstance(value, date):
        return day_in_words(value, language)
    if isinstance(value, Limit):
        return limit_in_words(value, language)
    if isinstance(value, e.Remedy):
        return remedy_text(value, language)
    if isinstance(value, Lot):
        return ""  # a sentence says among how many
    if isinstance(value, e.Ref):
        return _text(value, names)
    if isinstance(value, e.Person):
        return _called(name, value.id, language, names)
    if isinstance(value, e.Point):
        return _point(value, language, names)
    if isinstance(value, e.Finding):
        return "" if value.met else _called("criterion", value.criterion, language, names)
    if isinstance(value, e.BenchmarkApplied):
        return _benchmark(value, language, names)
    if isinstance(value, e.Gap):
        return _gap(value, language, names)
    if isinstance(value, e.Provided):
        return _called("materials", value.material, language, names)
    if isinstance(value, str):
        return _called(name, value, language, names)
    if isinstance(value, Iterable):
        return _list(name, value, language, names)
    return ""


def _list(name: str, values: Iterable[Any], language: str, names: Names | None) -> str:
    if isinstance(values, frozenset):
        values = sorted(values, key=_place)
    items = list(values)
    worded = dict.fromkeys(in_words(name, each, language, names) for each in items)
    long = any(isinstance(each, e.Point | e.Finding | e.BenchmarkApplied) for each in items)
    separator = phrase("between_points" if long else "between_names", language)
    return separator.join(each for each in worded if each)


def _place(value: Any) -> Any:
    return list(type(value)).index(value) if isinstance(value, StrEnum) else str(value)


def _called(name: str, code: str, language: str, names: Names | None) -> str:
    """What a code is called: by the look-up, else by the catalogue, else as it stands."""
    for kind in NAMED.get(name, ()):
        known = name_of(names, kind, code)
        if known:
            return known
    for section in SECTIONS.get(name, ()):
        known = label(section, code, language)
        if known != str(code):
            return known
    if name in UNKNOWN_IS_LEFT_OUT:
        return ""
    if "person" in NAMED.get(name, ()):
        return label("actors", "staff", language)
    return str(code)


def _text(ref: e.Ref | None, names: Names | None) -> str:
    """A sealed text without its own last full stop, for it stands inside a sentence."""
    return name_of(names, "text", ref.ref).strip().rstrip("。.；;，,") if ref else ""


def _point(point: e.Point, language: str, names: Names | None) -> str:
    name = name_of(names, POINT_NAMES.get(point.kind, ""), point.id)
    if point.kind is e.PointKind.MINUTES:  # its id is a page, or from-to
        name = phrase("minutes_page", language, {"page": point.id.lstrip("p. ")})
    facts = {
        "name": name or point.id,
        "defect": label("defects", point.defect, language),
        "text": _text(point.text, names),
    }
    return phrase("cited" if point.defect is e.Defect.UNMET else "point", language, facts)


def _gap(gap: e.Gap, language: str, names: Names | None) -> str:
    material, period = _called("material", gap.material, language, names), limit_in_words(gap.period, language)
    return phrase(
        "gap_auto" if gap.consequence == "auto" else "gap", language, {"material": material, "period": period}
    )


def _benchmark(used: e.BenchmarkApplied, language: str, names: Names | None) -> str:
    facts = {
        "criterion": _called("criterion", used.criterion, language, names),
        "line": name_of(names, "benchmark", used.benchmark) or used.benchmark,
        "reason": _text(used.reason, names),
    }
    return phrase("benchmark_used" if used.benchmark else "no_benchmark", language, facts)


def _moves(moved: Iterable[e.Moved], on: date, calendar: Calendar, law: Law, language: str) -> dict[str, str]:
    """The dates that are others now, all of them and those an applicant is told."""
    names = names_of(law.procedure, language)
    said = [(each, _moved(each, on, calendar, names, language)) for each in moved]
    separator = phrase("between_points", language)
    told = [words for each, words in said if each.clock in e.TOLD_CLOCKS]
    return {"moved": separator.join(words for _, words in said), "moved_told": separator.join(told)}


def _moved(each: e.Moved, on: date, calendar: Calendar, names: Names, language: str) -> str:
    clock, kind = label("clocks", each.clock, language), "material" if each.clock is Clock.GAP else "step"
    step = name_of(names, kind, each.step)
    return phrase("moved_date", language, {
        "name": f"{clock} ({step})" if step else clock,
        "before": day_in_words(each.before, language),
        "after": _still_moving(on, each.after, calendar, language),
    })  # fmt: skip


def _actor(by: e.By, language: str, names: Names | None, law: Law | None = None) -> str:
    if by.kind is e.ActorKind.APPLICANT and law and law.procedure.ex_officio:
        return label("actors", "holder", language)  # nobody applied
    if by.kind is not e.ActorKind.STAFF:
        return label("actors", by.kind, language)
    name = name_of(names, "person", by.id) or label("actors", by.kind, language)
    facts = {"name": name, "unit": name_of(names, "unit", by.unit), "other": name_of(names, "person", by.on_behalf_of)}
    return phrase("staff_member", language, facts)


def _own(event: e.Event, language: str, names: Names | None) -> dict[str, str]:
    """What a kind of event words in its own way."""
    match event:
        case e.StepFinished():
            again = str(event.attempt) if event.attempt > 1 else ""
            return {"attempt": again, "unmet": in_words("findings", event.findings, language, names)}
        case e.RectificationSet():
            return {"unmet": in_words("findings", event.findings, language, names)}
        case e.ThirdPartiesNamed():
            return {"count": str(len(event.parties))}
        case e.Joined() if event.opens == "decision":
            return {"opens": phrase("the_decision", language)}
        case e.CorrectionRequested():
            return {"cause": "" if event.cause == "first" else _causes(event.cause, language)}
        case e.Assigned() if event.lot:
            return {"lot": str(len(event.lot.eligible))}
        case e.Resumed() if event.ended_on:
            return {"on": day_in_words(event.ended_on, language)}
        case e.FoundNotNeeded():
            return {"form": label("not_needed_forms", event.form, language)}
        case e.Accepted() if event.preliminary_limit:
            return {"starts": phrase("from_arrival", language)}
        case e.LimitPassed():
            return {"remedy": remedy_text(event.remedy, language, inaction=True)}
        case e.EndDecided():
            compensation = label("compensations", event.compensation, language) if event.compensation else ""
            return {"act": label("licence_acts", event.act, language), "compensation": compensation}
        case e.OpenedExOfficio() | e.IntentTold() | e.LicenceEnded() | e.Issued():
            return {"act": label("licence_acts", event.act, language)}
        case e.FeeRaised():
            return {"amount": yuan(event.amount, language)}
        case e.FeeSettled():
            told = {"amount": yuan(event.amount, language)}
            return told | {"outcome": label("fee_outcomes", event.outcome, language)}
        case _:
            return {}


def _causes(causes: str, language: str) -> str:
    separator = phrase("between_names", language)
    return separator.join(label("causes", each, language) for each in causes.split("+"))


def _dates(event: e.Event, law: Law, language: str) -> dict[str, str]:
    """The last days of the limits an event names, counted from that event by the calendar it names."""
    calendar = law.calendars.get(event.calendar) if isinstance(event, e.Dated) else None
    if calendar is None:
        return {}

    def last(start: date, limit: Limit | None) -> str:
        if limit is None:
            return ""
        if limit.unit in INSTANTS:  # ends at an instant, which only the clock itself knows
            return ""
        return _if_loaded(lambda: _still_moving(start, due(start, limit, calendar), calendar, language))

    match event:
        case e.Submitted():
            return {"due": last(event.on, event.notice_limit)}
        case e.MeasureRecorded():
            return {"due": last(event.on, event.period)}
        case e.VerificationOpened():
            return {"due": last(event.on, event.limit)}
        case e.Complained():
            return {"due": last(event.on, event.limit)}
        case e.CorrectionRequested() | e.RectificationSet():
            return {"due": last(event.on, event.period)}
        case e.HearingRightTold():
            return {"due": last(event.on, event.window)}
        case e.OpenedExOfficio():
            return {"legal_due": last(event.counted_from, event.statutory_limit)}
        case e.IntentTold():
            return {"due": last(event.on, event.statement), "hearing_due": last(event.on, event.window)}
        case e.EndDecided():
            published = last(event.on, event.publish_within)
            return {"due": last(event.on, event.certificate_limit), "publish_due": published}
        case e.HearingRequested():
            return {"due": last(event.on, event.hold_within)}
        case e.Accepted():
            accepted_on = event.accept_on if isinstance(event, e.DeemedAccepted) else event.on
            start = event.counted_from or accepted_on
            if event.preliminary_limit:  # the deciding agency's clocks begin when the file is handed up
                return {"preliminary_due": last(start, event.preliminary_limit)}
            legal = event.statutory_limit if law.procedure.has_statutory_limit else None
            promised = event.committed_limit
            return {"legal_due": last(start, legal), "promised_due": last(start, promised)}
        case e.Granted() | e.Refused():
            return {"due": last(event.on, event.certificate_limit)}
        case e.Redated() | e.MovedToVersion():
            return _moves(event.moved or (), event.on, calendar, law, language)
        case _:
            return {}


def _standing(event: e.Event, state: State, law: Law, language: str, names: Names | None) -> dict[str, str]:
    """How the case stood after the event: its due dates, and what an answer or a correction still waits for."""
    found = {
        "legal_due": _due(legal_clock(state, law), language),
        "promised_due": _due(promised_clock(state, law), language),
    }
    if isinstance(event, e.Corrected) and state.stage is Stage.SUBMITTED and state.notice_limit:
        found["due"] = _due(notice_clock(state, law), language)
        found["notice_limit"] = limit_in_words(state.notice_limit, language)
    elif isinstance(event, e.Corrected | e.CorrectionReminded) and state.corrections:
        notice = state.corrections[-1]
        calendar = law.calendar(state.calendar)
        found["missing"] = in_words("materials", state.still_missing, language, names)
        found["still_due"] = _due(Running(Clock.CORRECTION, notice.on, notice.period, calendar), language)
    return found


def _due(running: Running | None, language: str) -> str:
    if running is None:
        return ""
    if running.limit.unit in INSTANTS:
        return _if_loaded(lambda: instant_in_words(running.due_at, language))
    return _if_loaded(lambda: _still_moving(running.start, running.due, running.calendar, language))


def _still_moving(start: date, day: date, calendar: Calendar, language: str) -> str:
    """A day in words, marked 暂定 where a year until then is not official, so that it may still move."""
    told = day_in_words(day, language)
    return phrase("provisional_day", language, {"day": told}) if is_provisional(start, day, calendar) else told


def _if_loaded(words: Callable[[], str]) -> str:
    """The words of a date, or "" where the calendar's years do not go so far: the sentence does without the date."""
    try:
        return words()
    except NotPossible:
        return ""
