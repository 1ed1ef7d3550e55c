"""The register of licences of the reader's agency: found by number, type or state, and each with its history.

Who holds a licence stands masked; whoever has the holder's number before them finds it by that, and it stands in no
address.
"""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from banjie.cases import queries as cases
from banjie.cases.scope import Scope
from banjie.duties.licences import queries, types
from banjie.duties.licences.queries import Wanted
from banjie.duties.licences.standing import Standing
from banjie.engine.not_possible import NotPossible
from banjie.faces.forms.licences import LicenceShown, Told, shown
from banjie.faces.forms.saying import language_of, says_no
from banjie.web import clock
from banjie.web.request import Request, asking
from banjie.web.roles import for_role

PAGE = 50
SOON = (30, 90)


@dataclass(frozen=True, slots=True)
class Line:
    """A fact of a licence; `number`: of the case it came from, where the reader may see that case."""

    told: Told
    number: str


@for_role("staff")
@require_http_methods(["GET", "HEAD", "POST"])
@says_no
def register(request: Request) -> HttpResponse:
    """The licences of my agency that fit; a holder's number is sent, never asked for in an address."""
    actor, language, today = asking(request), language_of(request), clock.today()
    holder = request.POST.get("holder", "").strip() if request.method == "POST" else ""
    asked = request.GET
    wanted = Wanted(
        asked.get("q", "").strip()[:120],
        asked.get("type", "") if asked.get("type") in {each.code for each in types.on_day(today)} else "",
        asked.get("state", "") if asked.get("state") in set(Standing) else "",
        int(asked["soon"]) if asked.get("soon") in {str(each) for each in SOON} else 0,
        holder,
    )
    rows = queries.register(actor, wanted, today, asked.get("after", "")[:120], PAGE + 1)
    told = {
        "licences": shown(rows[:PAGE], today, language, for_staff=True),
        "after": rows[PAGE - 1].number if len(rows) > PAGE else "",
        "wanted": wanted,
        "types": [(each.code, each.called(language)) for each in types.on_day(today)],
        "states": [each for each in Standing if each is not Standing.UNKNOWN],
        "soon": SOON,
        "by_holder": bool(holder),
    }
    return render(request, "desk/licences/register.html", told)


@for_role("staff")
@require_safe
@says_no
def licence(request: Request, stream: UUID) -> HttpResponse:
    """A licence of my agency: what it says, what it is worth, and what happened to it, fact by fact."""
    actor, language = asking(request), language_of(request)
    row = queries.of_agency(actor, stream)
    if row is None:
        raise NotPossible("unknown_licence")
    found = LicenceShown(row, clock.today(), language, for_staff=True)
    numbers = _numbers({each.case for each in found.history if each.case}, Scope.of(actor))
    lines = [Line(each, numbers.get(each.case, "") if each.case else "") for each in found.history]
    return render(request, "desk/licences/licence.html", {"licence": found, "lines": lines})


def _numbers(streams: set[UUID], scope: Scope) -> dict[UUID, str]:
    """The query numbers of those of these cases that the reader may see."""
    return {each.stream: each.query_number for each in cases.among(streams, scope)}
