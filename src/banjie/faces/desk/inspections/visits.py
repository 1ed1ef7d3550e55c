"""Recording inspections and patrols, saying how a problem was put right, and making a circular."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from banjie import words
from banjie.duties.inspections import circulars, recording
from banjie.duties.inspections import visits as room
from banjie.faces.desk.inspections import asks, home
from banjie.faces.desk.inspections.saying import answered
from banjie.faces.forms.saying import language_of, says_no
from banjie.web import clock
from banjie.web.request import Request, asking
from banjie.web.roles import for_role


@for_role("supervisor", "centre")
@require_POST
@says_no
def record(request: Request) -> HttpResponse:
    """登记检查或巡查."""
    by, language = asking(request), language_of(request)
    form = home.visiting(recording.region_of(by.unit), language, clock.today(), request.POST)

    def act() -> None:
        room.record_visit(form.look(), by, form.cleaned_data["command_id"], clock.now())

    def again(refusal: words.Refusal | None, status: int) -> HttpResponse:
        return home.page(request, status, refusal, visiting=form)

    return answered(request, form, act, _("Recorded."), reverse("desk:inspections"), again)


@for_role("staff")
@require_POST
@says_no
def settle(request: Request, visit_id: UUID, nth: int) -> HttpResponse:
    """登记整改."""
    by, form = asking(request), asks.Settling(language_of(request), request.POST)

    def act() -> None:
        given = form.cleaned_data
        room.settle(visit_id, nth, given["how"], by, given["command_id"], clock.now())

    def again(refusal: words.Refusal | None, status: int) -> HttpResponse:
        return home.page(request, status, refusal, settling=(visit_id, nth, form))

    return answered(request, form, act, _("Recorded."), reverse("desk:inspections"), again)


@for_role("supervisor")
@require_POST
@says_no
def publish(request: Request) -> HttpResponse:
    """发布通报."""
    by, language = asking(request), language_of(request)
    form = asks.Period("publish", language, *asks.last_month(clock.today()), request.POST)

    def act() -> None:
        given = form.cleaned_data
        circulars.publish(given["since"], given["until"], by, given["command_id"], clock.now())

    def again(refusal: words.Refusal | None, status: int) -> HttpResponse:
        return home.page(request, status, refusal, publishing=form)

    return answered(request, form, act, _("The circular is public."), reverse("desk:inspections"), again)
