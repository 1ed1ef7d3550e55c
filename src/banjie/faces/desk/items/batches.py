"""Making guides public in batches (上网上墙): which guides together, and on which day on portal and wall."""

from datetime import date

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from banjie import words
from banjie.engine.not_possible import NotPossible
from banjie.faces.desk.items import mine
from banjie.faces.desk.items.lists import ListForm
from banjie.faces.forms.asking import DayInput
from banjie.faces.forms.saying import language_of, says_no
from banjie.records.catalogue import batches
from banjie.records.catalogue.batches import Channel
from banjie.records.catalogue.models import ProcedureVersion
from banjie.records.organisation.models import Region
from banjie.web import clock
from banjie.web.request import Request, asking
from banjie.web.roles import for_role


class Opening(ListForm):
    """A new batch: its name, and the published guides that are in no batch yet."""

    name = "batch"

    def __init__(self, waiting: list[ProcedureVersion], language: str, data: QueryDict | None = None) -> None:
        super().__init__(language, data)
        english = language == "en"
        guides = [(f"{each.code}/{each.version}", (english and each.english) or each.name) for each in waiting]
        self.fields["title"] = self.line("name", _("Name of the batch"), _("For example: first batch of 2026."))
        self.fields["guides"] = forms.MultipleChoiceField(
            label=_("Guides"),
            choices=guides,
            required=False,
            widget=forms.CheckboxSelectMultiple(),
            initial=[value for value, _name in guides],
        )
        self.ready()

    @property
    def versions(self) -> list[tuple[str, int]]:
        """The guides that were ticked."""
        return [
            (code, int(version)) for code, _slash, version in (x.partition("/") for x in self.cleaned_data["guides"])
        ]


class Showing(ListForm):
    """A channel through which a batch was made public."""

    name = "shown"

    def __init__(self, each: batches.Shown, language: str, today: date, data: QueryDict | None = None) -> None:
        super().__init__(language, data, {"channel": each.missing[0] if each.missing else ""})
        self.auto_id = f"f-shown-{each.batch.number}-%s"
        self.fields["channel"] = self.one_of(
            _("Channel"), self.coded("guide_channels", each.missing or tuple(Channel)), may_be_none=False
        )
        self.fields["place"] = self.line("place", _("Which site, which wall"))
        self.fields["on"] = forms.DateField(label=_("Made public on"), widget=DayInput(), initial=today)
        self.ready()


@for_role("catalogue_keeper", "centre")
@require_http_methods(["GET", "HEAD", "POST"])
@says_no
def region_batches(request: Request) -> HttpResponse:
    """The batches of the region with what is still to be done about each, and the form for the next one."""
    language, region = language_of(request), mine.region_of(asking(request))
    waiting = batches.waiting(region, clock.today())
    if request.method != "POST":
        return _page(request, region, Opening(waiting, language))
    form = Opening(waiting, language, request.POST)
    if not form.is_valid():
        return _page(request, region, form, status=422)
    given, actor = form.cleaned_data, asking(request)
    try:
        row = batches.open_batch(region, given["title"], form.versions, actor.id, clock.now(), given["command_id"])
    except NotPossible as no:
        refusal = words.refusal(no, language)
        form.add_error("title" if no.code == "batch_name_needed" else "guides", refusal.next)
        return _page(request, region, form, refusal=refusal, status=409)
    messages.success(request, _("Batch %(number)d is made. Now record where it is public.") % {"number": row.number})
    return redirect("desk:batches")


@for_role("catalogue_keeper", "centre")
@require_POST
@says_no
def made_public(request: Request, number: int) -> HttpResponse:
    """Record a channel through which a batch was made public."""
    language, region = language_of(request), mine.region_of(asking(request))
    each = next((one for one in batches.shown(language, region) if one.batch.number == number), None)
    if each is None:
        raise NotPossible("no_such_batch", number=number)
    form = Showing(each, language, clock.today(), request.POST)
    if not form.is_valid():
        return _page(request, region, showing={number: form}, status=422)
    given, actor = form.cleaned_data, asking(request)
    channel = Channel(given["channel"])
    try:
        batches.make_public(
            region, number, channel, given["on"], given["place"], actor.id, clock.now(), given["command_id"]
        )
    except NotPossible as no:
        refusal = words.refusal(no, language)
        form.add_error("on", refusal.next)
        return _page(request, region, showing={number: form}, refusal=refusal, status=409)
    told = {"number": number, "channel": words.label("guide_channels", channel, language)}
    messages.success(request, _("Recorded: batch %(number)d was made public. Channel: %(channel)s.") % told)
    return redirect("desk:batches")


def _page(
    request: Request, region: str, opening: Opening | None = None, *, showing: dict[int, Showing] | None = None,
    refusal: words.Refusal | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    language, today = language_of(request), clock.today()
    found = batches.shown(language, region)
    sent = showing or {}
    shown = {
        "region": Region.objects.get(code=region),
        "batches": [
            (each, sent.get(each.batch.number) or (Showing(each, language, today) if each.missing else None))
            for each in found
        ],
        "opening": opening or Opening(batches.waiting(region, today), language),
        "refusal": refusal,
    }
    return render(request, "desk/items/batches.html", shown, status=status)
