"""The keepers' pages: the years as they stand, a notice loaded, what it would move, released by a second person."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from banjie import words
from banjie.cases import plans, recount
from banjie.cases.models import Plan
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.faces.desk.calendars import shown
from banjie.faces.desk.calendars.loading import EXAMPLE, Loading, Moving, Reasoned, said
from banjie.faces.desk.items import mine
from banjie.faces.forms.saying import language_of, says_no
from banjie.records.catalogue import calendars, queries
from banjie.records.catalogue.models import CalendarVersion
from banjie.records.catalogue.notice_file import BadNotice
from banjie.records.catalogue.notices import calendar_of
from banjie.records.organisation.queries import display_names
from banjie.web import clock
from banjie.web.request import Request, asking
from banjie.web.roles import for_role

KEEPERS = ("calendar_keeper", "catalogue_keeper")
RECENT = 20


@for_role(*KEEPERS)
@require_safe
@says_no
def home(request: Request) -> HttpResponse:
    """The calendars with their years, what is missing, and the plans: those under way first."""
    actor, language = asking(request), language_of(request)
    keeps = "calendar_keeper" in actor.posts
    found = [each for each in plans.newest(4 * RECENT) if _may_see(each, request)][:RECENT]
    page = {
        "kept": shown.kept(calendars.regions(), clock.today(), language) if keeps else [],
        "plans": [_titled(each, language) for each in found],
        "keeps": keeps,
    }
    return render(request, "desk/calendars/home.html", page)


@for_role(*KEEPERS)
@require_safe
@says_no
def one_year(request: Request, region: str, year: int) -> HttpResponse:
    """A year of a calendar, month by month; `?version=` for how an older version had it."""
    language = language_of(request)
    row = CalendarVersion.objects.filter(region=region, version=request.GET.get("version", "")).first()
    row = row or calendars.counted_by(region)
    if row is None:
        raise NotPossible("calendar_not_loaded", year=year)
    calendar = calendar_of(calendars.plain_of(row))
    if year not in calendar.years:
        raise NotPossible("calendar_not_loaded", year=year)
    page = {
        "row": row,
        "name": shown.region_name(region, language),
        "region": region,
        "year": year,
        "is_official": calendar.is_official(year),
        "document": next(each["document"] for each in calendars.plain_of(row)["years"] if each["year"] == year),
        "months": shown.months(calendar, year, language),
        "before": year - 1 if year - 1 in calendar.years else None,
        "after": year + 1 if year + 1 in calendar.years else None,
    }
    return render(request, "desk/calendars/year.html", page)


@for_role("calendar_keeper")
@require_http_methods(["GET", "HEAD", "POST"])
@says_no
def load(request: Request, region: str) -> HttpResponse:
    """Propose a notice, from a form or a file: what is wrong with it line by line, or its plan."""
    actor, language, at = asking(request), language_of(request), clock.now()
    if region not in calendars.regions():
        raise NotPossible("no_such_plan")
    form = _loading(request, region, language)
    wrong, refusal, status = [], None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                given = form.cleaned_data
                row = plans.propose_calendar(
                    region, form.notice(), given["reason"], by=actor, at=at, command_id=given["command_id"]
                )
            except BadNotice as bad:
                wrong = said(bad.problems)
            except BadInput as bad:
                for field, code in bad.problems:
                    form.add_error(field if field in form.fields else None, words.problem(code, language))
            except NotPossible as no:
                refusal, status = words.refusal(no, language), 409
            else:
                recount.look(row, at)
                return redirect("desk:plan", row.stream)
    page = {
        "form": form, "wrong": wrong, "refusal": refusal, "region": region,
        "name": shown.region_name(region, language), "text": form.read_text, "example": EXAMPLE,
    }  # fmt: skip
    return render(request, "desk/calendars/load.html", page, status=status)


def _loading(request: Request, region: str, language: str) -> Loading:
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    row = calendars.counted_by(region)
    years = calendars.plain_of(row)["years"] if row else []
    last = [each for each in years if each["status"] == "official"][-1:]
    is_own = region != queries.NATIONAL
    names = [each["name"] for each in last[0]["holidays"]] if last and not is_own else []
    year = last[0]["year"] + 1 if last else clock.today().year
    return Loading(region, year, names, is_own, language, *sent)


@for_role("catalogue_keeper")
@require_http_methods(["GET", "HEAD", "POST"])
@says_no
def move(request: Request, code: str) -> HttpResponse:
    """Propose that the running cases of one version of an item go on under another."""
    actor, language, at = asking(request), language_of(request), clock.now()
    versions = [
        (each.version, _("version %(number)s, in force from %(day)s") % {
            "number": each.version, "day": words.day_in_words(each.effective_from, language),
        })
        for each in mine.versions_of(code, actor)
    ]  # fmt: skip
    form = Moving(versions, language, request.POST if request.method == "POST" else None)
    refusal, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                row = plans.propose_version(
                    code, int(given["before"]), int(given["version"]), given["basis"], given["reason"],
                    by=actor, at=at, command_id=given["command_id"],
                )  # fmt: skip
            except BadInput as bad:
                for field, code_of in bad.problems:
                    form.add_error(field, words.problem(code_of, language))
            except NotPossible as no:
                refusal, status = words.refusal(no, language), 409
            else:
                recount.look(row, at)
                return redirect("desk:plan", row.stream)
    name = queries.newest_names([code], language).get(code, code)
    page = {"form": form, "refusal": refusal, "name": name, "code": code, "can": len(versions) > 1}
    return render(request, "desk/calendars/move.html", page, status=status)


# A plan


@for_role(*KEEPERS)
@require_safe
@says_no
def plan(request: Request, plan_id: UUID) -> HttpResponse:
    """A plan: what changes, which cases it moves from when to when, how far it is; and what can be done with it."""
    return _page(request, _own(request, plan_id))


@for_role(*KEEPERS)
@require_safe
@says_no
def cases_csv(request: Request, plan_id: UUID) -> HttpResponseBase:
    """Every line of a plan as a file."""
    row = _own(request, plan_id)
    answer = StreamingHttpResponse(shown.as_csv(row, language_of(request)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="plan-{row.target}.csv"'
    return answer


@for_role(*KEEPERS)
@require_POST
@says_no
def release(request: Request, plan_id: UUID) -> HttpResponse:
    """Release it; the cases are moved from here on."""
    row, form = _own(request, plan_id), Reasoned("", request.POST, needed=False)
    if not form.is_valid():
        return _page(request, row, status=422)
    try:
        plans.release(row.stream, by=asking(request), at=clock.now(), command_id=form.cleaned_data["command_id"])
    except NotPossible as no:
        return _page(request, row, refusal=words.refusal(no, language_of(request)), status=409)
    messages.success(request, _("Released. The cases are being moved, and whoever has to know is told."))
    return redirect("desk:plan", row.stream)


@for_role(*KEEPERS)
@require_POST
@says_no
def drop(request: Request, plan_id: UUID) -> HttpResponse:
    """Put a plan aside that was not released."""
    row, form = _own(request, plan_id), Reasoned("", request.POST, needed=False)
    if not form.is_valid():
        return _page(request, row, status=422)
    try:
        plans.drop(row.stream, by=asking(request), at=clock.now(), command_id=form.cleaned_data["command_id"])
    except NotPossible as no:
        return _page(request, row, refusal=words.refusal(no, language_of(request)), status=409)
    messages.success(request, _("Put aside. Nothing was changed."))
    return redirect("desk:plan", row.stream)


@for_role(*KEEPERS)
@require_POST
@says_no
def undo(request: Request, plan_id: UUID) -> HttpResponse:
    """Propose the way back: a plan of its own, on the same way."""
    row, language, at = _own(request, plan_id), language_of(request), clock.now()
    form = Reasoned(_("Why it is undone"), request.POST)
    if not form.is_valid():
        return _page(request, row, undoing=form, status=422)
    given = form.cleaned_data
    try:
        back = plans.undo(row.stream, given["reason"], by=asking(request), at=at, command_id=given["command_id"])
    except BadInput as bad:
        for field, code in bad.problems:
            form.add_error(field, words.problem(code, language))
        return _page(request, row, undoing=form, status=422)
    except NotPossible as no:
        return _page(request, row, refusal=words.refusal(no, language), undoing=form, status=409)
    recount.look(back, at)
    return redirect("desk:plan", back.stream)


def _page(
    request: Request,
    row: Plan,
    refusal: words.Refusal | None = None,
    undoing: Reasoned | None = None,
    status: int = 200,
) -> HttpResponse:
    language, actor = language_of(request), asking(request)
    row.refresh_from_db()
    found = plans.lines(row)
    which = request.GET.get("which", "")
    if which == "stays":
        found = found.exclude(code="")
    after = _after(request.GET.get("after", ""))
    here = list((found.filter(stream__gt=after) if after else found).order_by("stream")[: shown.PAGE + 1])
    people = display_names([row.proposed_by, row.released_by], language)
    is_keeper = plans.KEEPER[row.kind] in actor.posts
    page = {
        "plan": row,
        "title": _titled(row, language),
        "effect": shown.effect(row, language),
        "lines": shown.lines(row, here[: shown.PAGE], language),
        "next": here[shown.PAGE - 1].stream if len(here) > shown.PAGE else None,
        "is_first": after is None,
        "which": which,
        "proposer": people.get(row.proposed_by, ""),
        "releaser": people.get(row.released_by, ""),
        "is_mine": row.proposed_by == actor.id,
        "can_release": is_keeper and row.stage == plans.PREVIEWED,
        "can_drop": is_keeper and row.stage in (plans.PROPOSED, plans.PREVIEWED),
        "can_undo": is_keeper and row.stage == plans.CARRIED_OUT and row.undone_by is None and row.before,
        "releasing": Reasoned("", needed=False),
        "dropping": Reasoned("", needed=False),
        "undoing": undoing or Reasoned(_("Why it is undone")),
        "refusal": refusal,
        "others": _others(row, language),
    }
    return render(request, "desk/calendars/plan.html", page, status=status)


def _others(row: Plan, language: str) -> list[str]:
    """The calendars of regions that have their own, which a national change leaves as they are."""
    if row.kind != plans.CALENDAR or row.scope != queries.NATIONAL:
        return []
    own = CalendarVersion.objects.exclude(region=queries.NATIONAL).values_list("region", flat=True)
    return [shown.region_name(each, language) for each in sorted(set(own))]


def _after(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _titled(row: Plan, language: str) -> dict[str, Any]:
    if row.kind == plans.CALENDAR:
        told = {"name": shown.region_name(row.scope, language), "before": row.before, "after": row.target}
        title = _("%(name)s: %(before)s → %(after)s") % told
    else:
        told = {"name": plans.item_of(row, language), "before": row.before, "after": row.target}
        title = _("%(name)s: version %(before)s → version %(after)s") % told
    if row.undoes:
        title = _("Undo: %(title)s") % {"title": title}
    return {"title": title, "plan": row, "stage": shown.stage_of(row)}


def _may_see(row: Plan, request: Request) -> bool:
    actor = asking(request)
    if row.kind == plans.CALENDAR:
        return True
    if "catalogue_keeper" not in actor.posts:
        return False
    try:
        mine.versions_of(row.scope, actor)
    except NotPossible:
        return False
    return True


def _own(request: Request, plan_id: UUID) -> Plan:
    """A plan that whoever asks may see: the rules of another region are not there."""
    row = plans.find(plan_id)
    if not _may_see(row, request):
        raise NotPossible("no_such_plan")
    return row
