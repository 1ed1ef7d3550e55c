"""Joint handling (联合办理) on the portal: what can be applied for at once, and how far all its parts are."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from banjie.cases import bundles
from banjie.cases.scope import Scope
from banjie.engine.not_possible import NotPossible
from banjie.faces.forms.joint import BundlePage, called
from banjie.faces.forms.saying import language_of, says_no
from banjie.records import catalogue
from banjie.records.catalogue.joint import Matter, matters
from banjie.web import clock
from banjie.web.request import Request, asking
from banjie.web.roles import for_role


@for_role("public")
@require_safe
@says_no
def all_matters(request: Request) -> HttpResponse:
    """What several agencies decide on under one limit, each matter with its items and one form for all of them."""
    return render(request, "portal/joint_matters.html", {"matters": shown(language_of(request))})


@for_role("applicant")
@require_safe
@says_no
def bundle(request: Request, stream: UUID) -> HttpResponse:
    """All parts of what I applied for, their one limit and their one contact person."""
    actor = asking(request)
    view = bundles.seen(stream, Scope.of(actor), clock.now())
    return render(request, "portal/joint.html", {"bundle": BundlePage(view, actor, language_of(request), "portal")})


def shown(language: str, code: str = "") -> list[dict[str, Any]]:
    """The matters in words, all or those that an item belongs to; none whose items are not all published."""
    found = [each for each in matters(clock.today()) if not code or code in {part.code for part in each.parts}]
    return [told for each in found if (told := _told(each, language))]


def _told(matter: Matter, language: str) -> dict[str, Any] | None:
    try:
        procedures = [catalogue.law_in_force(each.code, clock.today()).procedure for each in matter.parts]
    except NotPossible:
        return None
    first, *others = (each.code for each in matter.parts)
    items = [
        {
            "name": (language == "en" and each.english) or each.name,
            "code": each.code,
            "agency": each.agency(each.agency_of(each.decides)),
        }
        for each in procedures
    ]
    more = urlencode([("with", each) for each in others])
    return {
        "matter": matter,
        "name": called(matter, language),
        "items": items,
        "apply": f"{reverse('portal:open_form', args=[first])}?{more}",
    }
