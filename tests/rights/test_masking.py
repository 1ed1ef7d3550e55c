"""Whoever may open an address is shown masked particulars there: every page, file and answer of the house is walked.

tests/rights/test_matrix.py asks whether a stranger learns of a case; this asks what those are shown whom it concerns:
staff of every role, and whoever comes by. One's own particulars are nobody else's, and no subject here.
"""

import html
import io
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from banjie.demo.people import PEOPLE
from banjie.duties.papers.models import Paper
from banjie.faces.forms import page
from banjie.records.accounts.models import Kind, User
from banjie.records.accounts.tokens import issue_token
from banjie.records.organisation.models import Staff
from banjie.web import clock
from banjie.web.roles import declared_roles
from tests import tools
from tests.architecture.test_roles import endpoints
from tests.browser.county import told
from tests.browser.pages import READERS, Examples, _patterns
from tests.browser.visits import signed_in
from tests.county import ROLES, County
from tests.rights.test_matrix import on_sqlite

__all__ = ["told"]

pytestmark = pytest.mark.database

OF_THE_LAW = {
    "styleguide/": "components in every state, with invented texts of their own",
    "items/": "items and their guides: no person stands there",
    "lists/": "the public lists of items",
    "events/": "items by life event",
    "departments/": "items by agency",
    "guides/": "guides to take away",
    "samples/": "sample forms",
    "desk/items/": "the catalogue, for its keepers",
    "desk/lists/": "the lists, for their keepers",
    "desk/guides/": "guides to take away, for their keepers",
    "account/again/": "asks for a password or a code",
    "account/security/": "factors of one's own",
    "account/passkeys/": "factors of one's own",
    "account/codes/": "factors of one's own",
}
"""Beginnings of addresses under which no applicant stands, and what does."""

NAMED_IN_FULL = {
    "hall:case": "whoever works on a case reads whose it is, with the numbers masked",
    "desk:case": "whoever works on a case reads whose it is, with the numbers masked",
    "hall:paper": "the paper that the window prints and hands over",
    "hall:paper_pdf": "a paper: whoever takes it away is on record",
    "desk:paper_pdf": "a paper: whoever takes it away is on record",
    "desk:seal_paper": "a paper that its keeper reads before sealing it, on record",
    "own:mandates": "the people one has appointed oneself",
}
"""Addresses that say a person's name in full (a number nowhere), and why that is right."""

NOT_OPENED = {
    "api:bundle": "under the number of a joint handling; what it says of a part is what api:case says",
    "api:verify": "asks for a number or a file; its own tests look at what is said of a holder",
    "api:no_such_address": "there is nothing",
    "demo:home": "only where one signs in by a click",
    "demo:progress": "only where one signs in by a click",
    "desk:draw_review": "only for whoever the lot has drawn",
    "desk:file": "a file as it was handed in, for whoever works on the case",
    "hall:file": "a file as it was handed in, for whoever works on the case",
    "portal:file": "one's own file, as it was handed in",
    "desk:seal_batch": "numbers of papers, once some were sealed at once",
    "desk:seal_record": "a record that the keepers of a seal have put there themselves",
    "hall:joint_receipts": "one's own, at once after handing in",
    "hall:slip": "papers travel in no story",
    "log_checkpoint_of_size": "digests",
    "log_consistency": "digests",
    "openid_connect_callback": "comes from an identity provider; there is none here",
    "portal:fee_receipt": "one's own",
    "portal:fee_receipt_pdf": "one's own",
    "portal:handed_in": "one's own, at once after handing in",
    "portal:licence_copy": "one's own",
}
"""Addresses that show something, and nothing of it in this county: why nobody is looked for there."""

CASES_SHOWN = 3
"""So many cases, in different states, each role looks at on the page of a case; elsewhere one example is enough."""
REACHED = {"138****0001", "999*************17", "白*"}
"""What the masks make of some particulars of this county, to show that the walk comes by them."""


@cache
def reader(role: str) -> tuple[Client, str, str]:
    """Somebody of this role: signed in, their token for programs, their user name."""
    name = READERS.get(role, role)
    username = ROLES.get(name, name)
    if username and not User.objects.filter(username=username).exists():
        staff = Staff.objects.select_related("user").order_by("user__username")
        username = next(each.user.username for each in staff if role in each.posts)
    user = User.objects.filter(username=username).first()
    token = issue_token(user, "masking", 7, clock.now()) if user and user.kind in (Kind.APPLICANT, Kind.STAFF) else ""
    return signed_in(username), token, username


def text_in(content: bytes, kind: str) -> str:
    """Everything that can be read in an answer, in the parts of an archive and in the text of a PDF."""
    if content.startswith(b"%PDF"):
        return subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True).stdout.decode()
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return "\n".join(text_in(parts.read(each), each) for each in parts.namelist())
    plain = content.decode(errors="replace")
    return html.unescape(plain) if "html" in kind else plain


def canaries(but: str) -> dict[str, str]:
    """Each particular of the county's applicants that is not to be read in full, and what it is; without one's own."""
    found = {}
    for each in PEOPLE:
        if each.user != but:
            found[each.phone] = f"the telephone of {each.user}"
            if each.kind == "person":
                found |= {each.id_number: f"the identity number of {each.user}", each.name: f"the name of {each.user}"}
    return found


def addresses() -> Iterator[tuple[str, str, URLPattern, frozenset[str]]]:
    """Each address that can be read, with the roles that may."""
    for namespace, pattern, above in _patterns(get_resolver()):
        name, route = f"{namespace}:{pattern.name}" if namespace else str(pattern.name), above + str(pattern.pattern)
        for where, view in endpoints(route, pattern.callback):
            if where == route or "GET" in where.split()[0].split("/"):
                yield name, route, pattern, declared_roles(view) or frozenset()


@dataclass
class Walked:
    """What a walk over the addresses came by: leaks in words, addresses that showed something, and the others."""

    leaks: set[str] = field(default_factory=set)
    shown: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    masked: set[str] = field(default_factory=set)


def walked(told: County, only: Callable[[str], bool]) -> Walked:
    """Ask each of these addresses as somebody of each role that may, and look for what is not to be read there."""
    tools.need("pdftotext")
    reader.cache_clear()
    examples, found = Examples(told), Walked()
    waiting = Paper.objects.kept().filter(agency="approval-bureau").order_by("at")
    examples._given["paper_id"] = list(waiting.values_list("stream", flat=True)[:1])
    for name, route, pattern, roles in addresses():
        if route.startswith(tuple(OF_THE_LAW)) or not only(name):
            continue
        for role in sorted(roles):
            client, token, username = reader(role)
            program = {"HTTP_AUTHORIZATION": f"Bearer {token}"} if route.startswith("api/") and token else {}
            seen = 0
            for path in examples.paths(name, pattern, username):
                answer = client.get(path, **program)
                if answer.status_code != 200:
                    found.hidden |= set() if answer.status_code in (302, 405) else {name}
                    continue
                text = text_in(b"".join(answer), answer.headers.get("Content-Type", ""))
                for canary, what in canaries(username).items():
                    if canary in text and not (what.startswith("the name") and name in NAMED_IN_FULL):
                        found.leaks.add(f"{name} shows {what} to {username or 'anybody'} ({role})")
                found.masked |= {each for each in REACHED if each in text}
                found.shown.add(name)
                seen += 1
                if seen == (CASES_SHOWN if name.endswith(":case") else 1):
                    break
    return found


@pytest.mark.slow
@on_sqlite
def test_nobody_reads_another_persons_numbers_in_full_without_saying_what_for(told: County) -> None:
    found = walked(told, lambda name: True)

    assert sorted(found.leaks) == []
    assert found.masked == REACHED, "the walk did not come by anybody"
    never = found.hidden - found.shown
    assert never - NOT_OPENED.keys() == set(), "give it an example, or say in NOT_OPENED why it needs none"
    assert NOT_OPENED.keys() - never == set(), "it is opened, or gone: take the name out"


@pytest.mark.slow
@on_sqlite
def test_a_page_that_shows_a_number_is_noticed(told: County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MASKED", {})

    found = walked(told, lambda name: name in ("hall:case", "desk:case"))

    for name in ("hall:case", "desk:case"):
        assert any(each.startswith(f"{name} shows the telephone of") for each in found.leaks)
        assert any(each.startswith(f"{name} shows the identity number of baihe") for each in found.leaks)
