"""One seal: how it looks and stands, its ceremonies, what it may seal by itself, its uses and refusals, its counter."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from banjie import words
from banjie.duties.papers import batches
from banjie.duties.seals import founding, policy, queries, reconciling, register
from banjie.duties.seals.models import Seal
from banjie.engine.codec import microseconds
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.faces.desk.inspections.saying import answered
from banjie.faces.desk.seals import asks
from banjie.faces.desk.seals.home import LOOKING, may_confirm, people_of, region_of
from banjie.faces.forms.saying import language_of, says_no
from banjie.records.organisation.models import Agency
from banjie.records.organisation.queries import display_names, in_office
from banjie.store.files.read import open_file
from banjie.store.files.receive import receive
from banjie.store.files.refused import Refused
from banjie.store.signing import stamp
from banjie.web import clock
from banjie.web.request import Request, asking
from banjie.web.roles import for_role
from banjie.web.step_up import assertion, is_fresh, show_again

LEADING = frozenset({"seal_keeper", "head_of_agency", "decider", "section_head"})


@for_role(*LOOKING)
@require_safe
@says_no
def one(request: Request, seal: UUID) -> HttpResponse:
    """A seal of the reader's region."""
    return page(request, seal)


@for_role(*LOOKING)
@require_safe
@says_no
def drawing(request: Request, seal: UUID) -> HttpResponse:
    """How it looks on a paper: an SVG."""
    row = queries.one(seal, region_of(asking(request)))
    picture = stamp.picture(row.agency_name, row.title, row.code, stamp.DEMO if row.is_demo else "")
    return HttpResponse(picture, content_type="image/svg+xml", headers={"Cache-Control": "private, max-age=3600"})


@for_role(*LOOKING)
@require_safe
@says_no
def record(request: Request, seal: UUID, position: int) -> HttpResponse:
    """The photograph or minutes of a ceremony, to keep."""
    row = queries.one(seal, region_of(asking(request)))
    ceremony = next((each for each in queries.ceremonies(row) if each.position == position and each.file), None)
    file = open_file(ceremony.file) if ceremony else None
    if file is None:
        raise NotPossible("file_not_found")
    response = HttpResponse(file.content, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = content_disposition_header(True, file.name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@for_role("seal_keeper")
@require_POST
@says_no
def hold(request: Request, seal: UUID, what: str) -> HttpResponse:
    """登记启用或封存仪式."""
    by, language = asking(request), language_of(request)
    row = queries.one(seal, region_of(by))
    form = asks.Holding(what, _near(row, language), language, clock.today(), request.POST, request.FILES)

    def act() -> None:
        given, now = form.cleaned_data, clock.now()
        file, upload = "", given["record"]
        if upload:
            try:
                file = receive(upload.read(), upload.name, by.id, microseconds(now)).id
            except Refused as no:
                raise BadInput([("record", no.code)]) from None
        held = register.Held(given["on"], tuple(given["present"]), given["text"], file)
        register.open_ceremony(seal, what, held, by, given["command_id"], now)

    done = _("Recorded. It takes effect when a second person has confirmed it.")
    return _answered(request, row, form, act, done)


@for_role(*register.CONFIRMING)
@require_POST
@says_no
def confirm(request: Request, seal: UUID) -> HttpResponse:
    """第二人确认仪式."""
    by, form = asking(request), asks.Confirming(language_of(request), request.POST)
    row = queries.one(seal, region_of(by))

    def act() -> None:
        register.confirm_ceremony(seal, by, form.cleaned_data["command_id"], clock.now())

    return _answered(request, row, form, act, _("Confirmed by two people."))


@for_role("seal_keeper")
@require_POST
@says_no
def drop(request: Request, seal: UUID) -> HttpResponse:
    """撤回仪式."""
    by, form = asking(request), asks.Dropping(language_of(request), request.POST)
    row = queries.one(seal, region_of(by))

    def act() -> None:
        register.drop_ceremony(seal, by, form.cleaned_data["command_id"], clock.now())

    return _answered(request, row, form, act, _("Taken back. The seal stands as before."))


@for_role("seal_keeper")
@require_POST
@says_no
def authorise(request: Request, seal: UUID) -> HttpResponse:
    """给予模板用印授权."""
    if not is_fresh(request):
        return show_again(request, reverse("desk:seal", args=[seal]))
    by, language = asking(request), language_of(request)
    row = queries.one(seal, region_of(by))
    form = asks.Authorising("give", _not_allowed(row), language, request.POST)

    def act() -> None:
        told = assertion(request)
        register.give_authority(seal, form.papers(), by, told, form.cleaned_data["command_id"], clock.now())

    return _answered(request, row, form, act, _("Such papers are sealed by themselves from now on."))


@for_role("seal_keeper")
@require_POST
@says_no
def withdraw(request: Request, seal: UUID) -> HttpResponse:
    """撤销模板用印授权."""
    by, language = asking(request), language_of(request)
    row = queries.one(seal, region_of(by))
    form = asks.Authorising("withdraw", _allowed(row), language, request.POST)

    def act() -> None:
        register.withdraw_authority(seal, form.papers(), by, form.cleaned_data["command_id"], clock.now())

    return _answered(request, row, form, act, _("Such papers wait from now on."))


@for_role("head_of_agency")
@require_POST
@says_no
def keepers(request: Request, seal: UUID) -> HttpResponse:
    """指定印章保管员."""
    by, language = asking(request), language_of(request)
    row = queries.one(seal, region_of(by))
    form = asks.Naming(people_of(row.agency, language), row.keepers, language, request.POST)

    def act() -> None:
        given = form.cleaned_data
        register.change_keepers(seal, given["keepers"], by, given["command_id"], clock.now())

    return _answered(request, row, form, act, _("Recorded."))


def page(
    request: Request, seal: UUID, status: int = 200, refusal: words.Refusal | None = None, sent: Any = None
) -> HttpResponse:
    """The page; `sent`: a form that comes back with what is wrong."""
    by, language = asking(request), language_of(request)
    row = queries.one(seal, region_of(by))
    ceremonies, authorities, uses = queries.ceremonies(row), queries.authorities(row), queries.uses(row)
    refusals = queries.refusals(row)
    people = [*row.keepers, *(who for each in ceremonies for who in (each.by, each.second, *each.present))]
    people += [*(each.by for each in uses), *(each.by for each in refusals), *(each.given_by for each in authorities)]
    names, between = display_names(people, language), words.label("phrases", "between_names", language)
    shown: dict[str, Any] = {
        "seal": row,
        "use": words.label("seal_uses", row.use, language),
        "state": words.label("seal_states", row.state, language),
        "keepers": between.join(names.get(each, each) for each in row.keepers),
        "ceremonies": [
            (
                each,
                words.label("seal_ceremonies", each.kind, language),
                between.join(names.get(who, who) for who in each.present),
                names.get(each.by, ""),
                names.get(each.second, ""),
                queries.text_of(each),
            )
            for each in ceremonies
        ],
        "authorities": [(each, asks.in_words(each, language), names.get(each.given_by, "")) for each in authorities],
        "uses": [(each, words.label("documents", each.kind, language), names.get(each.by, "")) for each in uses],
        "refusals": [
            (
                each,
                words.label("documents", each.kind, language),
                words.refusal_of(each.code, {}, language).what,
                names.get(each.by, ""),
            )
            for each in refusals
        ],
        "compared": reconciling.compare(row),
        "is_fresh": is_fresh(request),
        "refusal": refusal,
        **_forms(row, request, language, sent),
    }
    return render(request, "desk/seals/seal.html", shown, status=status)


def _forms(row: Seal, request: Request, language: str, sent: Any) -> dict[str, Any]:
    """What this reader may ask for now; the one that was sent stands in the place of its empty self."""
    by, today = asking(request), clock.today()
    found: dict[str, Any] = {}
    if by.id in row.keepers and "seal_keeper" in by.posts:
        if row.ceremony:
            found["dropping"] = asks.Dropping(language)
        elif row.state != "sealed_away":
            what = register.ACTIVATE if row.state == "registered" else register.SEAL_AWAY
            found["holding"] = asks.Holding(what, _near(row, language), language, today)
        if row.state == "active" and row.use == policy.LICENSING:
            if _not_allowed(row):
                found["authorising"] = asks.Authorising("give", _not_allowed(row), language)
            if _allowed(row):
                found["withdrawing"] = asks.Authorising("withdraw", _allowed(row), language)
    if may_confirm(row, by):
        found["confirming"] = asks.Confirming(language)
    if "head_of_agency" in by.posts and by.agency == row.agency:
        found["naming"] = asks.Naming(people_of(row.agency, language), row.keepers, language)
    for name, form in found.items():
        if sent is not None and form.name == sent.name:
            found[name] = sent
    return found


def _answered(request: Request, row: Seal, form: Any, act: Any, done: str) -> HttpResponse:
    def again(refusal: words.Refusal | None, status: int) -> HttpResponse:
        return page(request, row.stream, status, refusal, form)

    return answered(request, form, act, done, reverse("desk:seal", args=[row.stream]), again)


def _allowed(row: Seal) -> list[tuple[str, str]]:
    return [(each.kind, each.template) for each in queries.authorities(row) if each.withdrawn_at is None]


def _not_allowed(row: Seal) -> list[tuple[str, str]]:
    """The kinds of today's templates, and of older ones of which papers wait: nothing waits for good."""
    wanted = [(kind, founding.template(kind)) for kind in policy.kinds(clock.today(), policy.TEMPLATE)]
    wanted += [(each.kind, each.template) for each in batches.without_authority([row.agency], clock.now())]
    known = set(_allowed(row))
    return [each for each in dict.fromkeys(wanted) if each not in known]


def _near(row: Seal, language: str) -> asks.Pairs:
    """Who may have been there: whoever leads in the agency or keeps its seals, and the region's supervisors."""
    agencies = set(Agency.objects.filter(region_id=row.region).values_list("id", flat=True))
    near = [
        each.user.pseudonym
        for each in in_office(clock.today()).filter(unit__agency_id__in=agencies).select_related("user", "unit")
        if (each.unit.agency_id == row.agency and LEADING & set(each.posts)) or "supervisor" in each.posts
    ]
    return sorted(display_names(near, language).items(), key=lambda each: each[1])
