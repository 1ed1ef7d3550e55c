"""The lists (清单) of each region, for everybody: what stands on them, since when and why, and what stood there."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from banjie import words
from banjie.engine.not_possible import NotPossible
from banjie.faces.forms.saying import language_of, says_no
from banjie.records.catalogue.models import ListEntry, ListVersion
from banjie.records.catalogue.register import Action, ListKind
from banjie.records.organisation.models import Agency, Region
from banjie.web import clock
from banjie.web.request import Request
from banjie.web.roles import for_role


@dataclass(frozen=True, slots=True)
class ListLine:
    """A list of a region: its newest version that counts, how many entries stand, and its next version if one comes."""

    kind: str
    version: ListVersion
    entries: int
    coming: ListVersion | None


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry with the name of who holds it."""

    entry: ListEntry
    holder: str


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version of a list: what it added, changed, cancelled and handed down, and where it was made public."""

    version: ListVersion
    counts: list[tuple[str, int]]
    is_coming: bool


@for_role("public")
@require_safe
def regions(request: Request) -> HttpResponse:
    """The regions that keep lists."""
    kept = ListVersion.objects.values("region")
    return render(request, "portal/lists.html", {"regions": Region.objects.filter(code__in=kept).order_by("code")})


@for_role("public")
@require_safe
@says_no
def region_lists(request: Request, region: str) -> HttpResponse:
    """The lists of a region, each in the version that counts today."""
    row = _region(region)
    return render(request, "portal/region_lists.html", {"region": row, "lists": _lists(region, clock.today())})


def _lists(region: str, today: date) -> list[ListLine]:
    versions: dict[str, list[ListVersion]] = {}
    for each in ListVersion.objects.filter(region=region).order_by("version"):
        versions.setdefault(each.kind, []).append(each)
    found = []
    for kind in ListKind:
        come = [each for each in versions.get(kind, ()) if each.on <= today]
        coming = [each for each in versions.get(kind, ()) if each.on > today]
        if come or coming:
            standing = _standing(region, kind, today).count()
            found.append(ListLine(kind, (come or coming)[-1], standing, coming[0] if come and coming else None))
    return found


@for_role("public")
@require_safe
@says_no
def entries(request: Request, region: str, kind: str) -> HttpResponse:
    """A list: the entries that stand today, those that stood there once, and every version with its reason."""
    row, today, language = _region(region), clock.today(), language_of(request)
    if kind not in set(ListKind):
        raise NotPossible("no_such_list")
    versions = list(ListVersion.objects.filter(region=region, kind=kind).order_by("-version"))
    if not versions:
        raise NotPossible("no_such_list")
    english = language == "en"
    agencies = {each.id: (english and each.english) or each.name for each in Agency.objects.filter(region_id=region)}

    def lines(rows: QuerySet[ListEntry]) -> list[EntryLine]:
        return [EntryLine(each, agencies.get(each.holder, each.holder)) for each in rows]

    over = ListEntry.objects.filter(region=region, kind=kind, until__lte=today).order_by("-until", "entry")
    shown = {
        "region": row,
        "kind": kind,
        "current": next((each for each in versions if each.on <= today), versions[-1]),
        "entries": lines(_standing(region, kind, today).order_by("entry")),
        "coming": lines(ListEntry.objects.filter(region=region, kind=kind, since__gt=today).order_by("since", "entry")),
        "over": lines(over),
        "versions": [VersionLine(each, _counts(each, language), each.on > today) for each in versions],
    }
    return render(request, "portal/list.html", shown)


def _standing(region: str, kind: str, on: date) -> QuerySet[ListEntry]:
    rows = ListEntry.objects.filter(region=region, kind=kind, since__lte=on)
    return rows.exclude(until__lte=on)


def _counts(version: ListVersion, language: str) -> list[tuple[str, int]]:
    acts = [each["action"] for each in version.changes]
    return [(words.label("list_actions", act, language), acts.count(act)) for act in Action if act in acts]


def _region(code: str) -> Region:
    row = Region.objects.filter(code=code).first()
    if row is None or not ListVersion.objects.filter(region=code).exists():
        raise NotPossible("no_such_list")
    return row
