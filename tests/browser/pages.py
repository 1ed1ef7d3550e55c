"""Every page of the house, found by walking its addresses: as whom to open it, with the demo county's things in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import product
from uuid import UUID

from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from banjie.cases import queries
from banjie.cases.models import Bundle, Plan
from banjie.cases.scope import Scope
from banjie.duties.archive.models import ArchiveRecord
from banjie.duties.inspections.models import Circular, Draw
from banjie.duties.licences.models import Licence, Version
from banjie.duties.seals.models import Seal
from banjie.duties.supervision.models import Card, Order
from banjie.faces.desk.items.sections import SECTIONS
from banjie.records.accounts.models import User
from banjie.records.catalogue.models import Draft, Round
from banjie.records.organisation.queries import actor_of
from banjie.web.roles import declared_roles
from tests.browser.visits import signed_in
from tests.county import FOOD, ROLES, County

MANY = ("portal:case", "hall:case", "desk:case", "portal:apply", "desk:draft_section")
"""Addresses that are more than one page: a case in each of its states, a form page by page, an editor by section."""

WATCHING = ("desk/supervision/", "desk/inspections/", "desk/figures/", "desk/calendars/", "desk/seals/")
"""The desk's pages for whoever watches over others, and over the days."""

READERS = {
    "public": "",
    "applicant": "applicant",
    "clerk": "clerk",
    "staff": "officer",
    "officer": "officer",
    "catalogue_keeper": "keeper",
    "centre": "centre",
    "seal_keeper": "seal_keeper",
    "supervisor": "supervisor",
    "data_steward": "data_steward",
    "archivist": "archivist",
    "decider": "decider",
    "calendar_keeper": "calendar_keeper",
    "head_of_government": "head_of_government",
    "operator": "operator",
    "security_administrator": "anbao",
    "audit_administrator": "shenji",
    "head_of_agency": "head_of_agency",
}
"""Who opens a page in these tests, by the role that it declares: the first that fits."""

NO_PAGES = {
    "healthz": "a line for machines",
    "metrics": "figures for machines",
    "account_logout": "the same page as sign_out",
    "account_login": "the same page as sign_in",
    "mfa_login_webauthn": "what a script asks for",
    "mfa_deactivate_totp": "there only for whoever has such codes; its own tests look at it",
    "mfa_remove_webauthn": "there only for whoever has a passkey; its own tests look at it",
    "openid_connect_login": "leads to an identity provider; there is none here",
    "openid_connect_callback": "comes from an identity provider; there is none here",
    "own:connect": "leads to an identity provider; there is none here",
    "portal:handed_in": "there only after handing in; the journeys look at it",
    "portal:copy": "a file to keep",
    "portal:fee_receipt": "there only for whoever has paid; tests/faces/test_delivery_pages.py looks at it",
    "portal:fee_receipt_pdf": "a file to keep",
    "portal:proof": "a file to keep",
    "log_checkpoint": "a file for machines",
    "log_checkpoint_of_size": "a file for machines",
    "log_keys": "a file for machines",
    "log_inclusion": "figures for machines",
    "log_consistency": "figures for machines",
    "log_checkpoints_seen": "for other witnesses",
    "portal:followed_dates_file": "a file to keep",
    "portal:file": "a file",
    "portal:certificate": "a file",
    "portal:licence_copy": "a file",
    "hall:file": "a file",
    "hall:status": "lines that a page asks for",
    "hall:joint_receipts": "there only after handing in; the window's own tests look at it",
    "hall:slip": "papers travel in no story; the window's own tests look at it",
    "desk:plan_csv": "a file",
    "desk:seal_paper": "a file",
    "desk:seal_drawing": "a picture",
    "desk:seal_record": "a file",
    "desk:seal_batch": "there only once papers were sealed at once; the journey of the seals looks at it",
    "desk:file": "a file",
    "portal:dates_file": "a file",
    "hall:dates_file": "a file",
    "desk:dates_file": "a file",
    "portal:dates_pdf": "a file",
    "portal:followed_dates_pdf": "a file to keep",
    "hall:dates_pdf": "a file",
    "desk:dates_pdf": "a file",
    "portal:paper_pdf": "a file",
    "portal:followed_paper_pdf": "a file to keep",
    "hall:paper_pdf": "a file",
    "desk:paper_pdf": "a file",
    "desk:figure_file": "a file",
    "portal:decisions_file": "a file",
    "desk:draft_export": "a file",
    "desk:item_export": "a file",
    "demo:progress": "a line that a page asks for",
    "portal:draw": "figures for machines",
    "desk:draw_review": "there only for whoever the lot has drawn; its own tests look at it",
}
"""Addresses that are left out, and why."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page: the name of its address, an address, as whom to open it, and what stood there."""

    name: str
    path: str
    role: str
    html: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"{self.path} ({self.role or 'visitor'})"


def of(county: County, *prefixes: str, language: str = "") -> list[Page]:
    """The pages below these prefixes ("" is all), each as somebody who may open it; asks each of them once.

    AssertionError where an address has no example: whoever adds a page adds what it needs here.
    """
    examples, found, unknown = Examples(county), list[Page](), list[str]()

    @cache
    def client(reader: str) -> Client:
        known = signed_in(reader)
        if language:
            known.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        return known

    for namespace, pattern, above in _patterns(get_resolver()):
        full = f"{namespace}:{pattern.name}" if namespace else str(pattern.name)
        path = above + str(pattern.pattern)
        if path.startswith("api/") or not _is_below(path, prefixes) or full in NO_PAGES:
            continue
        roles = declared_roles(pattern.callback) or frozenset()
        for reader in [READERS[each] for each in READERS if each in roles]:
            tried = [Page(full, each, reader) for each in examples.paths(full, pattern, reader)]
            shown, answers = _shown(client(reader), tried)
            found += shown
            if shown or answers & {302, 405}:
                break
        else:
            unknown.append(full)
    assert unknown == [], f"no example opens these: {unknown}"
    return found


def _shown(client: Client, pages: list[Page]) -> tuple[list[Page], set[int]]:
    """Those of them that show something, and how all of them were answered; one is enough for most addresses."""
    shown, answers = list[Page](), set[int]()
    for each in pages:
        answer = client.get(each.path)
        answers.add(answer.status_code)
        if answer.status_code == 200 and answer.headers.get("Content-Type", "").startswith("text/html"):
            shown.append(replace(each, html=answer.content.decode()))
            if each.name not in MANY:
                break
    return shown, answers


def _patterns(resolver: URLResolver, namespace: str = "", above: str = "") -> Iterator[tuple[str, URLPattern, str]]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from _patterns(each, each.namespace or namespace, above + str(each.pattern))
        else:
            yield namespace, each, above


def _is_below(path: str, prefixes: tuple[str, ...]) -> bool:
    """Whether the longest prefix that fits the path is one of these; "" is what fits none."""
    known = (*WATCHING, "hall/", "desk/items/", "desk/cases/", "desk/", "account/", "demo/", "cases/", "items/")
    of_path = next((each for each in known if path.startswith(each)), "")
    return not prefixes or of_path in prefixes


def _any(converter: object) -> object:
    """Something of the kind an address wants, that is nobody's: enough for an address that only takes what is sent."""
    return {"IntConverter": 1, "UUIDConverter": UUID(int=1)}.get(type(converter).__name__, "1")


SEALS = ("9999210000101", "9999210000102", "9999210000201")
"""The bureau's one seal, its licensing seal, and an old department's that is sealed away."""


class Examples:
    """What stands in an address, in the demo county."""

    def __init__(self, county: County) -> None:
        self.county = county
        code = county.code(FOOD)
        draft = Draft.objects.filter(code=code, published_version=0).first()
        self._given: dict[str, list[object]] = {
            "code": [code],
            "event": ["start-business"],
            "pseudonym": [county.actor("clerk").id],
            "agency": [county.actor("officer").agency],
            "region": ["999921", "CN"],
            "year": [2026],
            "plan_id": list(Plan.objects.kept().values_list("stream", flat=True)),
            "kind": ["licence"],
            "page": ["applicant", "questions", "materials", "word", "check"],
            "draft_id": [draft.id] if draft else [],
            "section": list(SECTIONS),
            "position": [1, 2, 3, 4],
            "stream": [
                *Bundle.objects.kept().values_list("stream", flat=True),
                *Licence.objects.kept().values_list("stream", flat=True),
            ],
            "token": [each.hex for each in Version.objects.kept().values_list("paper", flat=True) if each],
            "card_id": list(Card.objects.kept().exclude(status="fired").values_list("stream", flat=True)),
            "draw_id": list(Draw.objects.values_list("stream", flat=True)),
            "order_id": list(Order.objects.kept().values_list("stream", flat=True)),
            "seal": list(Seal.objects.filter(code__in=SEALS).values_list("stream", flat=True)),
            "round_id": list(Round.objects.values_list("stream", flat=True)),
            "name": ["food-application"],
            "matter": ["venue-with-kitchen"],
            "letter": ["commitment", "gaps"],
            "why": ["cancelled"],
            "figure_code": ["on_time", "compression", "handling_days"],
            "part": ["counted"],
            "on": ["2026-03-12"],
        }

    def paths(self, full: str, pattern: URLPattern, reader: str) -> list[str]:
        """The addresses to try; one for each state of a case where it is the page of a case."""
        converters = pattern.pattern.converters
        given = {name: self._given.get(name, [_any(converters[name])]) for name in converters}
        if full == "desk:archive_record":
            given["stream"] = list(ArchiveRecord.objects.kept().values_list("stream", flat=True)[:2])
        if full == "portal:circular":
            given["number"] = list(Circular.objects.values_list("number", flat=True))
        if "number" in given and "/cases/" in reverse(full, kwargs={n: v[0] for n, v in given.items()}):
            given["number"] = list(self.numbers(reader))
        return [reverse(full, kwargs=dict(zip(given, values, strict=True))) for values in product(*given.values())]

    def numbers(self, reader: str) -> list[str]:
        """The query numbers of the reader's cases, one for each item and state."""
        actor = actor_of(User.objects.get(username=ROLES.get(reader, reader))) if reader else None
        if actor is None:
            return []
        rows = queries.cases(Scope.of(actor), most=50)
        return list({(each.procedure, each.stage): each.query_number for each in rows}.values())
