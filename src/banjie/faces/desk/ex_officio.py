"""Proceedings by the agency itself (依职权办理) at the desk: a licence is looked up, a proceeding about it is opened.

What it is about is never typed: number, type and holder come from the register of licences. What happens in the case
then stands on its page, like in any other.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from banjie import words
from banjie.cases import queries
from banjie.cases.handle import open_proceeding
from banjie.cases.scope import Scope
from banjie.duties.licences import queries as licences
from banjie.duties.licences import types
from banjie.duties.licences.models import Licence
from banjie.duties.licences.standing import Standing
from banjie.duties.licences.standing import on as standing_on
from banjie.engine import commands as c
from banjie.engine.guards import BadInput
from banjie.engine.law import Law
from banjie.engine.not_possible import NotPossible
from banjie.faces.desk import ex_officio_asks as asks
from banjie.faces.desk.views import FACE
from banjie.faces.forms.about_licence_running import Other, others
from banjie.faces.forms.asking import Ask, carry_out
from banjie.faces.forms.saying import language_of, says_no
from banjie.faces.forms.work import cases_shown
from banjie.records import catalogue
from banjie.records.catalogue import proceedings
from banjie.store.log import read
from banjie.web import clock
from banjie.web.request import Request, asking, command_id_of
from banjie.web.roles import for_role

OPEN_TO: Mapping[str, frozenset[Standing]] = {
    "restore": frozenset({Standing.SUSPENDED}),
    "cancel": frozenset(Standing) - {Standing.CANCELLED},
    "suspend": frozenset({Standing.VALID}),
}
"""Of which licences a proceeding of an act can be opened; of all others: of those that are valid or suspended."""
STANDING = frozenset({Standing.VALID, Standing.SUSPENDED})
MOST = 50
NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Way:
    """A proceeding that can be opened about a licence: its code, what it is called, its grounds by name.

    `counts_from`: whether its limit runs from the discovery or the opening; `completes`: whether it may complete a case
    that ended the licence; `runs`: whether the same runs about it already, so that it is not opened again; `given`,
    `wrong`: what was typed into its form, and what of that is not right.
    """

    code: str
    name: str
    grounds: tuple[tuple[str, str], ...]
    counts_from: str
    completes: bool
    runs: bool
    given: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """A licence an officer looked up: what tells it from others, what it is worth, what runs and can be opened."""

    row: Licence
    type: str
    standing: str
    ways: tuple[Way, ...]
    running: tuple[Other, ...]


@for_role("officer", "section_head")
@require_safe
@says_no
def all_proceedings(request: Request) -> HttpResponse:
    """`?number=` finds a licence of one's own agency, with what can be opened about it; below, what is under way."""
    return _page(request, request.GET.get("number", ""))


@for_role("officer", "section_head")
@require_POST
@says_no
def open_ex_officio(request: Request) -> HttpResponse:
    """依职权立案: about a licence of one's own agency that stands, on a ground the proceeding names."""
    actor, given = asking(request), {name: str(value).replace("\x00", "") for name, value in request.POST.items()}
    number, code = given.get("number", "").strip(), given.get("code", "")
    row = _mine(actor, number, given.get("type", ""))
    if row is None or code not in {way.code for way in _ways(actor, row, language_of(request))}:
        no = NotPossible("licence_not_open_to_this")
        return _page(request, number, 409, refusal=words.refusal(no, language_of(request)), typed=given)
    if _runs(row, code, command_id_of(given)):
        no = NotPossible("proceeding_runs_already", number=row.number)
        return _page(request, number, 409, refusal=words.refusal(no, language_of(request)), typed=given)
    try:
        done = open_proceeding(code, _opening(request, row, given), f"ex-officio/{given.get('command_id', '')}")
    except BadInput as bad:
        language = language_of(request)
        problems = {path.partition(".")[0]: words.problem(wrong, language) for path, wrong in bad.problems}
        return _page(request, number, 422, typed=given, problems=problems)
    except NotPossible as no:
        return _page(request, number, 409, refusal=words.refusal(no, language_of(request)), typed=given)
    return redirect("desk:case", done.query_number)


def _opening(request: Request, row: Licence, given: Mapping[str, str]) -> c.OpenExOfficio:
    """The command: what it is about from the register, the holder from the case the licence came from."""
    try:
        discovered = date.fromisoformat(given.get("discovered_on", ""))
    except ValueError:
        raise BadInput([("discovered_on", "no_such_date" if given.get("discovered_on") else "needed")]) from None
    view = queries.view(row.case, clock.now())
    holder = view.opened(view.state.applicant).get(view.state.applicant.ref) if view.state.applicant else None
    if not isinstance(holder, dict):
        raise NotPossible("holder_is_erased")
    return c.OpenExOfficio(
        command_id=command_id_of(given),
        at=clock.now(),
        by=asking(request),
        licence_number=row.number,
        ground=given.get("ground", ""),
        discovered_on=discovered,
        facts=c.Personal(given.get("facts", "").strip()),
        holder=c.Personal(holder, find_by=str(holder.get("id_number", ""))),
        party=row.party,
        follows=given.get("follows", "").strip()[:60],
    )


def _runs(row: Licence, code: str, command_id: uuid.UUID) -> bool:
    """Whether the same proceeding about this licence runs already, another than what this very form opened before."""
    same = [each.case for each in licences.running(row) if each.procedure == code]
    return any(each.command_id != command_id for case in same for each in read.entries(case)[:1])


def _mine(actor: c.Actor, number: str, type: str) -> Licence | None:
    """The licence of this number and type that the reader's own agency has issued."""
    return next((each for each in _licences(actor, number) if each.type == type), None)


def _licences(actor: c.Actor, number: str) -> list[Licence]:
    try:
        known = licences.by_number(number) if number else []
    except ValueError:
        return []
    return [row for row, _version in known if row.agency == actor.agency and row.agency]


def _ways(actor: c.Actor, row: Licence, language: str) -> tuple[Way, ...]:
    """What the reader's agency can open about this licence today."""
    on, worth, found = clock.today(), standing_on(row, clock.today()), []
    running = {each.procedure for each in licences.running(row)}
    for code, version, _digest in proceedings.live(on):
        law: Law = catalogue.law(code, version)
        procedure, rule = law.procedure, law.procedure.ex_officio
        if rule is None or procedure.licence != row.type or procedure.region != row.region:
            continue
        if procedure.agency_of(procedure.decides) != actor.agency:
            continue
        if worth not in OPEN_TO.get(procedure.licence_act, STANDING):
            continue
        grounds = [(g.id, (language == "en" and g.english) or g.name) for g in rule.grounds if g.stands(on)]
        name = (language == "en" and procedure.english) or procedure.name
        completes = procedure.licence_act == "cancel"
        found.append(Way(code, name, tuple(grounds), rule.counts_from, completes, code in running))
    return tuple(found)


def _page(
    request: Request,
    number: str,
    status: int = 200,
    typed: Mapping[str, str] = NOTHING,
    problems: Mapping[str, str] = NOTHING,
    **more: Any,
) -> HttpResponse:
    actor, language, number = asking(request), language_of(request), number.strip()[:120]
    found = []
    for row in _licences(actor, number):
        known = types.of(row.type, clock.today())
        worth = words.label("licence_standings", standing_on(row, clock.today()).value, language)
        ways = tuple(
            replace(way, given=typed, wrong=problems) if way.code == typed.get("code") else way
            for way in _ways(actor, row, language)
        )
        running = others(row, actor, language, "desk")
        found.append(Found(row, known.called(language) if known else row.type, worth, ways, running))
    under_way = queries.proceedings(Scope.of(actor), MOST)
    shown = {
        "number": number,
        "found": found,
        "under_way": cases_shown(under_way, language),
        "command_id": uuid.uuid4(),
        **more,
    }
    return render(request, "desk/ex_officio.html", shown, status=status)


# What one asks for in the case


@for_role("staff")
@says_no
def tell_intent(request: Request, number: str) -> HttpResponse:
    """送达告知书."""
    return _ask(request, number, asks.TellIntent)


@for_role("staff")
@says_no
def answer_statement(request: Request, number: str) -> HttpResponse:
    """复核陈述、申辩."""
    return _ask(request, number, asks.AnswerStatement)


@for_role("staff")
@says_no
def decide_end(request: Request, number: str) -> HttpResponse:
    """作出决定."""
    return _ask(request, number, asks.DecideEnd)


@for_role("staff")
@says_no
def discontinue(request: Request, number: str) -> HttpResponse:
    """终结程序."""
    return _ask(request, number, asks.Discontinue)


@for_role("staff")
@says_no
def record_cancellation(request: Request, number: str) -> HttpResponse:
    """登记注销立案."""
    return _ask(request, number, asks.RecordCancellation)


@for_role("staff")
@says_no
def make_statement(request: Request, number: str) -> HttpResponse:
    """陈述、申辩, on paper."""
    return _ask(request, number, asks.MakeStatement)


@for_role("staff")
@says_no
def request_hearing(request: Request, number: str) -> HttpResponse:
    """要求听证, on paper."""
    return _ask(request, number, asks.RequestHearing)


@for_role("staff")
@says_no
def waive_hearing(request: Request, number: str) -> HttpResponse:
    """放弃听证, on paper."""
    return _ask(request, number, asks.WaiveHearing)


def _ask(request: Request, number: str, ask: type[Ask]) -> HttpResponse:
    return carry_out(FACE, request, number, ask)
