"""The register of seals of the reader's region, with what waits for them and what does not add up."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from banjie import words
from banjie.duties.papers import batches
from banjie.duties.seals import policy, queries, register
from banjie.duties.seals.models import Seal
from banjie.engine.commands import Actor
from banjie.faces.desk.inspections.saying import answered
from banjie.faces.desk.seals import asks
from banjie.faces.forms.saying import language_of, says_no
from banjie.records.organisation.models import Agency
from banjie.records.organisation.queries import display_names
from banjie.web import clock
from banjie.web.evidence.silence import silence
from banjie.web.request import Request, asking
from banjie.web.roles import for_role

LOOKING = ("seal_keeper", "head_of_agency", "supervisor")


@dataclass(frozen=True, slots=True)
class Line:
    """A seal in the list. `waits`: its ceremony waits for a second person, and the reader may be that."""

    row: Seal
    use: str
    state: str
    keepers: str
    waits: bool


@for_role(*LOOKING)
@require_safe
@says_no
def home(request: Request) -> HttpResponse:
    """The seals of the region."""
    return page(request)


@for_role("seal_keeper")
@require_POST
@says_no
def take(request: Request) -> HttpResponse:
    """登记印章."""
    by, language = asking(request), language_of(request)
    form = asks.Taking(people_of(by.agency, language), language, request.POST)

    def act() -> None:
        register.register(form.given(by.agency), by, form.cleaned_data["command_id"], clock.now())

    def again(refusal: words.Refusal | None, status: int) -> HttpResponse:
        return page(request, status, refusal, form)

    done = _("The seal is in the register. It can be used once it was activated by two people.")
    return answered(request, form, act, done, reverse("desk:seals"), again)


def page(
    request: Request, status: int = 200, refusal: words.Refusal | None = None, taking: asks.Taking | None = None
) -> HttpResponse:
    """The page; `taking`: the form that was sent and comes back with what is wrong."""
    by, language, now = asking(request), language_of(request), clock.now()
    region = region_of(by)
    rows = sorted(queries.of_region(region), key=lambda each: (each.state == "sealed_away", by.id not in each.keepers))
    names = display_names([who for each in rows for who in each.keepers], language)
    agencies = sorted({each.agency for each in queries.kept_by(by.id, by.agency)})
    shown = {
        "lines": [_line(each, by, names, language) for each in rows],
        "differing": queries.differing(region),
        "waiting": len(batches.for_the_keeper(agencies, now)) if agencies else None,
        "unauthorised": unauthorised(by, language),
        "taking": (taking or asks.Taking(people_of(by.agency, language), language))
        if "seal_keeper" in by.posts
        else None,
        "refusals": [
            (each, words.label("documents", each.kind, language), words.refusal_of(each.code, {}, language).what)
            for each in queries.refusals(agencies=[each.agency for each in rows], most=10)
        ],
        "refusal": refusal,
        **silence(),
    }
    return render(request, "desk/seals/home.html", shown, status=status)


def unauthorised(by: Actor, language: str) -> list[tuple[batches.Unauthorised, str]]:
    """What waits for an authority of a seal the reader keeps, and what it is called."""
    agencies = sorted({each.agency for each in queries.kept_by(by.id, by.agency) if each.use == policy.LICENSING})
    found = batches.without_authority(agencies, clock.now()) if agencies else []
    return [(each, asks.named(each.kind, each.template, language)) for each in found]


def region_of(by: Actor) -> str:
    """The region of somebody's agency."""
    return str(Agency.objects.values_list("region_id", flat=True).get(id=by.agency))


def people_of(agency: str, language: str) -> asks.Pairs:
    """Who of an agency may keep a seal."""
    people = register.possible_keepers(agency, clock.today())
    return sorted(display_names(people, language).items(), key=lambda each: each[1])


def may_confirm(row: Seal, by: Actor) -> bool:
    """Whether a ceremony waits that this reader did not open: the room says whether they may."""
    return bool(row.ceremony) and row.ceremony_by != by.id and bool(by.posts & set(register.CONFIRMING))


def _line(row: Seal, by: Actor, names: dict[str, str], language: str) -> Line:
    return Line(
        row,
        words.label("seal_uses", row.use, language),
        words.label("seal_states", row.state, language),
        words.label("phrases", "between_names", language).join(names.get(each, "") for each in row.keepers),
        may_confirm(row, by),
    )
