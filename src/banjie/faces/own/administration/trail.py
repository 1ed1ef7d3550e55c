"""The audit trail, read by the audit administrator alone, who changes nothing; that it was taken out stands in it."""

import csv
from datetime import date, datetime, timedelta
from io import StringIO

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from banjie import words
from banjie.duties.seals import queries as seals
from banjie.duties.seals.sealing import BY_ITSELF
from banjie.engine.codec import OFFICE_ZONE
from banjie.faces.forms.saying import language_of, says_no
from banjie.records.accounts import trail as accounts
from banjie.records.accounts.follow import Trail
from banjie.records.accounts.models import TrailLine, User
from banjie.records.organisation import queries as organisation
from banjie.web import clock
from banjie.web.request import Request
from banjie.web.roles import for_role

ON_A_PAGE = 100
MOST_EXPORTED = 100_000
audit = for_role("audit_administrator")


@audit
@never_cache
@require_safe
@says_no
def trail(request: Request) -> HttpResponse:
    """What was done with accounts, posts, people's data and seals, newest first."""
    language = language_of(request)
    kind, who, day = (request.GET.get(name, "").replace("\x00", "").strip()[:60] for name in ("kind", "who", "day"))
    rows = _asked(kind, who, day)
    page = request.GET.get("page", "1")
    number = int(page) if page.isascii() and page.isdecimal() and len(page) < 6 else 1
    first = (max(number, 1) - 1) * ON_A_PAGE
    lines = list(rows[first : first + ON_A_PAGE + 1])
    shown = {
        "lines": _said(lines[:ON_A_PAGE], language),
        "older": number + 1 if len(lines) > ON_A_PAGE else 0,
        "kinds": [(each, words.label("trail_kinds", each, language)) for each in sorted(Trail.kinds)],
        "kind": kind,
        "who": who,
        "day": day,
    }
    return render(request, "own/administration/trail.html", shown)


@audit
@require_POST
@says_no
def export(request: Request) -> HttpResponse:
    """The same as a table to take away; that it was taken is recorded first."""
    kind, who, day = (request.POST.get(name, "").replace("\x00", "").strip()[:60] for name in ("kind", "who", "day"))
    user = request.user
    assert isinstance(user, User)
    accounts.record(user, "trail_exported", user.pseudonym, clock.now())
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(["at", "kind", "event", "actor", "about", "stream", "position"])
    for each in _asked(kind, who, day)[:MOST_EXPORTED].iterator(chunk_size=2000):
        at = each.at.astimezone(OFFICE_ZONE).isoformat()
        told = [at, each.kind, each.event, each.actor, each.about, each.stream.hex, each.position]
        writer.writerow([f"'{cell}" if str(cell)[:1] in "=+-@\t\r" else cell for cell in told])
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="trail-{clock.today():%Y%m%d}.csv"'
    return answer


def _asked(kind: str, who: str, day: str) -> QuerySet[TrailLine]:
    rows = TrailLine.objects.order_by("-at", "-stream", "-position")
    if kind:
        rows = rows.filter(kind=kind)
    if who:
        named = User.objects.filter(username=who.lower()).values_list("pseudonym", flat=True).first()
        rows = rows.filter(actor=named or who)
    if day:
        try:
            on = date.fromisoformat(day)
        except ValueError:
            return rows.none()
        begins = datetime(on.year, on.month, on.day, tzinfo=OFFICE_ZONE)
        rows = rows.filter(at__gte=begins, at__lt=begins + timedelta(days=1))
    return rows


def _said(lines: list[TrailLine], language: str) -> list[dict[str, object]]:
    known = {each.actor for each in lines} | {each.about for each in lines}
    names = organisation.display_names(known, language)
    accounts_of = dict(
        User.objects.filter(pseudonym__in=known).exclude(kind="applicant").values_list("pseudonym", "username")
    )

    sealed_with = seals.names({each.stream for each in lines if each.kind == "seal"})

    def called(who: str) -> str:
        if who == BY_ITSELF:
            return words.label("trail_actors", who, language)
        return names.get(who) or accounts_of.get(who) or who

    return [
        {
            "at": each.at,
            "kind": words.label("trail_kinds", each.kind, language),
            "event": words.label("trail_events", each.event, language),
            "actor": called(each.actor),
            "about": sealed_with.get(each.stream) or called(each.about),
        }
        for each in lines
    ]
