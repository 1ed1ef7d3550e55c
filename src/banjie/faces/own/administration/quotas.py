"""Who looked at people's data today, how often, and who is given more by somebody else."""

from dataclasses import dataclass
from uuid import uuid4

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from banjie import words
from banjie.duties.supervision import jurisdiction
from banjie.engine.commands import Actor
from banjie.engine.events import ActorKind
from banjie.engine.not_possible import BadInput
from banjie.faces.forms.saying import language_of, says_no
from banjie.records.accounts.models import User
from banjie.records.organisation import access
from banjie.records.organisation import queries as organisation
from banjie.records.parties import seeing
from banjie.records.parties.models import Look
from banjie.web import clock
from banjie.web.request import Request, command_id_of
from banjie.web.roles import for_role

MOST = 200


@dataclass(frozen=True, slots=True)
class Looker:
    """Somebody who looked today: how often, of how many."""

    id: str
    name: str
    unit: str
    count: int
    most: int
    is_me: bool


@for_role("supervisor", "security_administrator")
@never_cache
@require_safe
@says_no
def looks(request: Request) -> HttpResponse:
    """Who looked today, those who looked most first."""
    return _looks(request)


@for_role("supervisor", "security_administrator")
@require_POST
@says_no
def lift(request: Request, pseudonym: str) -> HttpResponse:
    """Let somebody look more often today."""
    given, language = request.POST, language_of(request)
    person = organisation.at_their_posts([pseudonym]).get(pseudonym)
    if person is None or not _is_over(request, person.region):
        raise Http404
    user = request.user
    assert isinstance(user, User)
    try:
        more = int(given.get("more", ""))
    except ValueError:
        more = 0
    id = command_id_of(given)
    try:
        seeing.lift(user.pseudonym, person.region, pseudonym, more, given.get("why", ""), clock.now(), id)
    except BadInput as bad:
        problem = words.problem(bad.problems[0][1], language)
        return _looks(request, 422, wrong=pseudonym, problem=problem)
    messages.success(request, _("Allowed for today, and recorded with your name."))
    return redirect("administration:looks")


def _looks(request: Request, status: int = 200, wrong: str = "", problem: str = "") -> HttpResponse:
    language, now = language_of(request), clock.now()
    rows = Look.objects.filter(on=now.date()).exclude(purpose__in=seeing.UNCOUNTED).values("by")
    rows = rows.annotate(count=Count("stream"))
    counted = {each["by"]: each["count"] for each in rows.order_by("-count")[:MOST]}
    people, names = organisation.at_their_posts(counted), organisation.display_names(counted, language)
    units = organisation.unit_names(language)
    found = []
    for who, count in counted.items():
        person = people.get(who)
        if person is None or not _is_over(request, person.region):
            continue
        most = seeing.allowed(Actor(who, ActorKind.STAFF, unit=person.unit), now)
        is_me = who == getattr(request.user, "pseudonym", "")
        found.append(Looker(who, names.get(who, who), units.get(person.unit, ""), count, most, is_me))
    shown = {
        "lookers": found,
        "reasons": [(each, words.label("lift_reasons", each, language)) for each in seeing.LIFTED_FOR],
        "most": access.choice("", now.date()).quota_lifted_by_most,
        "command_id": uuid4(),
        "wrong": wrong,
        "problem": problem,
    }
    return render(request, "own/administration/looks.html", shown, status=status)


def _is_over(request: Request, region: str) -> bool:
    """Whether whoever asks looks after this region: a supervisor their own, the security administrator every one."""
    return request.actor is None or region in jurisdiction.regions_of(request.actor)
