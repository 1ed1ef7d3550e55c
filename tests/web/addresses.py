"""Pages to try the roles on: each says who opened it."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from banjie.web.roles import for_role


@for_role("public")
def anybody(request: HttpRequest) -> HttpResponse:
    return HttpResponse("opened")


@for_role("applicant")
def applicants(request: HttpRequest) -> HttpResponse:
    return HttpResponse("opened")


@for_role("staff")
def staff(request: HttpRequest) -> HttpResponse:
    return HttpResponse("opened")


@for_role("clerk", "section_head")
def window(request: HttpRequest, number: str) -> HttpResponse:
    return HttpResponse("opened")


@for_role("operator")
def machine(request: HttpRequest) -> HttpResponse:
    return HttpResponse("opened")


@for_role("public")
def broken(request: HttpRequest) -> HttpResponse:
    raise ValueError("cannot read '白禾' of 13800000003")


portal = [path("track/", anybody, name="track")]
"""The frame of every page leads to the portal."""

urlpatterns = [
    path("", include("banjie.web.urls")),
    path("portal/", include((portal, "portal"))),
    path("anybody/", anybody),
    path("applicants/", applicants),
    path("staff/", staff),
    path("window/<str:number>/", window),
    path("machine/", machine),
    path("broken/", broken),
]
