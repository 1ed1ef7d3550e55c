"""Renewal (延续, 行政许可法 50): asked in time and not decided before the licence ran out, it is renewed.

A function of time, not of a worker, as acceptance by silence is. Only an application that stands is deemed renewed:
accepted, neither decided nor ended. One that came late follows the item's rule: it is accepted, but silence renews
nothing, and the licence runs out. The last day of the licence is an answer of the application, and no personal datum.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine import timelimits
from banjie.engine.calendar import Calendar
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.law import Law, Procedure, Renewal
from banjie.engine.not_possible import NotPossible
from banjie.engine.state import UNDER_EXAMINATION, State
from banjie.engine.timelimits import ONE_DAY

PLENTY = 10
"""Calendar days that hold a working day for sure, whatever holidays there are."""


def expiry(procedure: Procedure, answers: Mapping[str, Any]) -> date | None:
    """The last day of the licence that is to be renewed, as answered; None of an item that renews nothing."""
    given = answers.get(procedure.renews.ends) if procedure.renews else None
    try:
        return date.fromisoformat(given) if isinstance(given, str) and given else None
    except ValueError:
        return None


def problems(procedure: Procedure, answers: Mapping[str, Any], on: date) -> list[tuple[str, str]]:
    """What is wrong with that day: a licence that has run out cannot be renewed, it has to be applied for anew."""
    last = expiry(procedure, answers)
    if procedure.renews is None or last is None or last >= on:
        return []
    return [(f"answers.{procedure.renews.ends}", "already_expired")]


def latest(expires_on: date, renewal: Renewal, calendar: Calendar) -> date:
    """The last day on which asking is in time: so many days before the day of expiry, which does not count itself. It
    stays where it falls on a rest day: one can apply on line."""
    return timelimits.latest_before(expires_on, renewal.limit, calendar)


def is_timely(state: State, law: Law) -> bool:
    """Whether the renewal was asked for in time, by the day the application arrived."""
    renews, received = law.procedure.renews, state.received_on
    if renews is None or state.expires_on is None or received is None:
        return False
    if (state.expires_on - received).days > PLENTY * renews.limit.number + PLENTY:
        return True  # whatever the holidays of years whose notice nobody knows yet
    return received <= latest(state.expires_on, renews, law.calendar(state.calendar))


def deemed_on(state: State, law: Law) -> date | None:
    """The day at whose 00:00 the licence is renewed by law; None where silence renews nothing, or nothing stands."""
    if state.stage not in UNDER_EXAMINATION or state.accepted is None or not is_timely(state, law):
        return None
    assert state.expires_on is not None
    return max(state.expires_on, state.accepted.on) + ONE_DAY


def deem_renewed(state: State, command: c.DeemRenewed, law: Law) -> list[e.Event]:
    """DeemedRenewed: a decision by law, with its certificate; that nobody decided stands there for good."""
    day = deemed_on(state, law)
    on = command.at.astimezone(OFFICE_ZONE).date()
    if day is None or on < day or state.expires_on is None:
        raise NotPossible("not_due")
    procedure = law.procedure
    return [
        e.DeemedRenewed(
            at=command.at,
            by=command.by.mark,
            calendar=state.calendar,
            agency=procedure.agency_of(procedure.decides),
            criteria=(),
            certificate_limit=procedure.certificate_limit,
            certificate=bool(procedure.licence),
            expires_on=state.expires_on,
        )
    ]


def term_from(state: State, law: Law) -> date | None:
    """The first day of the renewed term, where it follows on the old one; None where it begins with the decision."""
    renews = law.procedure.renews
    if renews is None or state.expires_on is None or renews.term_from == "decision":
        return None
    return state.expires_on + ONE_DAY
