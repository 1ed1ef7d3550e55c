"""Pages to try the roles on: each says who opened it."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.http import require_POST, require_safe

from banjie.web.fields import takes_fields
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


@for_role("public")
@takes_fields(3000)
def many(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{len(request.POST)} fields, the last is {request.POST['f2500']}")


@for_role("public")
def few(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{len(request.POST)} fields")


@for_role("public")
@require_POST
def button(request: HttpRequest, number: str) -> HttpResponse:
    return HttpResponse("pressed")


@for_role("public")
@require_safe
def leaf(request: HttpRequest) -> HttpResponse:
    return HttpResponse("read")


portal = [path("track/", anybody, name="track")]
"""The frame of every page leads to the portal."""

urlpatterns = [
    path("", include("banjie.web.urls")),
    path("portal/", include((portal, "portal"))),
    path("anybody/", anybody),
    path("applicants/", applicants),
    path("staff/", staff),
    path("window/<str:number>/", window),
    path("window/<str:number>/next/one/call/", button),
    path("leaf/", leaf),
    path("machine/", machine),
    path("broken/", broken),
    path("many/", many),
    path("few/", few),
]
