"""T16: every address, asked by everybody, about every case: nobody learns what is not theirs (reliability.md)."""

import os
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.db.models import Exists, OuterRef, Q
from django.http.response import HttpResponseBase
from django.urls import get_resolver, reverse

from banjie.cases import numbers
from banjie.cases.scope import ScopedManager
from banjie.config.followers import FOLLOWERS
from banjie.engine import codec
from banjie.records.accounts.models import User
from banjie.store.log import follow, read, sequence
from banjie.web import clock
from banjie.web.roles import ROLES, declared_roles
from tests.architecture.test_roles import endpoints
from tests.browser.pages import Examples, _any, _patterns
from tests.county import MONDAY, County, found
from tests.databases import Database
from tests.rights import cast
from tests.rights.cast import KNOWS_OF, SEES, SPECIAL, Canary, Person

pytestmark = pytest.mark.database

IS_SOAK = bool(os.environ.get("BANJIE_SOAK"))
SEED = int(os.environ.get("BANJIE_SEED", "20260302"))
SMALL, LARGE = 5_000, 20_000
"""Probes of the suite and of `make soak`."""

on_sqlite = pytest.mark.skipif(
    os.environ.get("BANJIE_DATABASE_URL", "").startswith("postgres") and not IS_SOAK,
    reason="the same answers on either; a part of it runs on PostgreSQL (test_row_security.py)",
)

on_postgresql = pytest.mark.skipif(
    not os.environ.get("BANJIE_DATABASE_URL", "").startswith("postgres"), reason="SQLite has no row-level security"
)

CASE_BY = ("cases/<str:number>", "cases/<number>", "track/<str:number>")
"""In these addresses `number` is that of a case."""

BY_ITS_NUMBER = frozenset(
    {"portal:followed", "portal:followed_dates", "portal:followed_dates_file", "portal:close_followed"}
)
"""Pages that tell anybody who has the number where the case stands, and nothing else of it."""

ARGUMENTS = {
    "number": "of a case, or of a circular or a batch of guides",
    "file_id position slip letter fee copy": "inside a case or a licence, beside its number",
    "stream": "of a joint handling, of a licence, of what the worker has put aside",
    "key draft_id": "of somebody's own form or draft",
    "mandate session filter_id pk": "of one's own",
    "seal grant paper_id batch_id": "of an agency's seals and papers",
    "pseudonym": "of an account, for whoever administers accounts",
    "card_id order_id outage_id visit_id nth draw_id round_id inquiry plan_id": "of a duty",
    "code event agency region year kind name page section what version figure_code part on light matter": "public",
    "why provider_id follower size index token": "of the house",
}
"""What the parameters of addresses name. A new one is put beside what it is like, with an example in pages.Examples."""

CORE = {
    "portal:case": "applicant",
    "portal:dates": "applicant",
    "desk:case": "staff",
    "desk:dates": "staff",
    "hall:case": "clerk",
    "api:case": "applicant",
}
"""Pages of a case that open for whoever sees it and holds the role: or nothing but closed doors would be a success."""

VOLATILE = re.compile(
    r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{24,}|nonce=\S+"
    r'|X-CSRFToken":"\w+'
    r"|name=.csrfmiddlewaretoken. value=\S+|\d+(?:\.\d+)? ?ms"
)
"""What differs between two answers that say the same: ids made for a form, marks against forgery, durations."""


MAIN = re.compile(r"<main.*?</main>", re.DOTALL)
SAID_BEFORE = re.compile(r'<p class="notice[^"]*" role="status">.*?</p>', re.DOTALL)
"""A message about what somebody did before, which the next page shows once."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address of the house, with the roles it declares and the methods it is asked with."""

    name: str
    route: str
    pattern: Any
    roles: frozenset[str]
    method: str

    @property
    def is_about_a_case(self) -> bool:
        return any(each in self.route for each in CASE_BY)


@dataclass(frozen=True, slots=True)
class Probe:
    """Somebody asks something about a case; `case` None: about nothing that is there, or about no case at all."""

    address: Address
    person: Person
    case: Canary | None
    is_absent: bool = False
    """The same question about a number that nobody was given."""

    def __str__(self) -> str:
        about = self.case.name if self.case else "-"
        return f"{self.address.method} {self.address.name} by {self.person.role or 'nobody'} about {about}"


@dataclass
class World:
    """The county, its canaries, everybody who probes, and what they were answered."""

    county: County
    cases: tuple[Canary, ...]
    people: tuple[Person, ...]
    absent: str
    seen: dict[tuple[str, str, str], tuple[int, str]] = field(default_factory=dict)
    leaks: list[str] = field(default_factory=list)
    asked: int = 0

    @cached_property
    def examples(self) -> dict[str, list[object]]:
        return Examples(self.county)._given

    @cached_property
    def addresses(self) -> list[Address]:
        return list(addresses())

    def path(self, probe: Probe) -> str:
        """The address, about this case where it is about one; its parts are those of the case it stands in for."""
        address, case = probe.address, probe.case
        given: dict[str, object] = {}
        for name, converter in address.pattern.pattern.converters.items():
            given[name] = (self.examples.get(name) or [_any(converter)])[0]
        if address.is_about_a_case:
            given["number"] = self.absent if probe.is_absent or not case else case.query_number
            if "file_id" in given and case:
                given["file_id"] = case.file
        return reverse(address.name, kwargs=given)

    def ask(self, probe: Probe) -> tuple[int, str]:
        """The status, and everything that came with it, as one text."""
        path, person = self.path(probe), probe.person
        is_program = probe.address.name.startswith("api:")
        token = {"HTTP_AUTHORIZATION": f"Bearer {person.token}"} if is_program and person.token else {}
        kind = "application/json" if is_program else "application/x-www-form-urlencoded"
        body = b"{}" if is_program else b""
        answer = person.client.generic(probe.address.method, path, data=body, content_type=kind, **token)
        self.asked += 1
        return answer.status_code, told(answer)

    def probe(self, probe: Probe) -> None:
        """Ask, and note whatever this person should not have learned."""
        status, text = self.ask(probe)
        role, address = probe.person.role, probe.address
        if status >= 500 and status != 503:
            self.leaks.append(f"{probe}: {status}")
        for case in self.cases:
            sees = self.sees(probe, case)
            if not sees:
                self.leaks += [f"{probe}: says {each!r} of {case.name}" for each in case.secrets if each in text]
            if not sees and role not in KNOWS_OF[case.name] and case is not probe.case:
                self.leaks += [
                    f"{probe}: shows that {case.name} is there ({each})" for each in case.marks if each in text
                ]
        holds = bool(address.roles & probe.person.held)
        if not holds and status not in (302, 401, 403, 404, 405):
            self.leaks.append(f"{probe}: {status} without the role")
        if not address.is_about_a_case or not probe.case:
            return
        if self.sees(probe, probe.case):
            needed = CORE.get(address.name)
            if needed and holds and address.method == "GET" and status != 200:
                self.leaks.append(f"{probe}: {status}, and it is theirs")
        elif address.name not in BY_ITS_NUMBER:
            key = (address.name, address.method, role)
            if key not in self.seen:
                self.seen[key] = self._plain(*self.ask(replace(probe, is_absent=True)), self.absent)
            here = self._plain(status, text, probe.case.query_number)
            if here != self.seen[key]:
                self.leaks.append(f"{probe}: {differs(here, self.seen[key])}")

    def sees(self, probe: Probe, case: Canary) -> bool:
        """Whether this is theirs. A program speaks for its owner alone, whomever they act for in a browser."""
        for_another = probe.person.stands_for and probe.address.name.startswith("api:")
        return probe.person.role in SEES[case.name] and not for_another

    def _plain(self, status: int, text: str, number: str) -> tuple[int, str]:
        shown = MAIN.search(text)  # around it stands how many messages wait, and whatever else is of the moment
        said = SAID_BEFORE.sub("", text if shown is None else shown[0])
        return status, " ".join(VOLATILE.sub("~", said.replace(number, "NUMBER")).split())


def differs(one: tuple[int, str], other: tuple[int, str]) -> str:
    """Where two answers part that ought to be the same."""
    if one[0] != other[0]:
        return f"{one[0]}, and {other[0]} of a case that is not there"
    at = next(
        (n for n, (a, b) in enumerate(zip(one[1], other[1], strict=False)) if a != b), min(len(one[1]), len(other[1]))
    )
    return f"not the words of a case that is not there: {one[1][at - 30 : at + 40]!r} / {other[1][at - 30 : at + 40]!r}"


OF_NOBODY = frozenset({"X-Request-ID", "Date", "Expires", "Content-Length", "Server-Timing"})
"""Headers that say nothing of a case: of the moment, or of the length of what is compared anyway."""


def told(answer: HttpResponseBase) -> str:
    """Everything a person could read in an answer: headers, cookies and the body."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    headers = "\n".join(f"{name}: {value}" for name, value in answer.items() if name not in OF_NOBODY)
    return f"{headers}\n{body.decode(errors='replace')}"


def addresses() -> Iterator[Address]:
    """Every address with each method it could be asked with."""
    for namespace, pattern, above in _patterns(get_resolver()):
        name = f"{namespace}:{pattern.name}" if namespace else str(pattern.name)
        route = above + str(pattern.pattern)
        for where, view in endpoints(route, pattern.callback):
            roles = declared_roles(view) or frozenset()
            methods = where.split()[0].split("/") if where != route else ["GET", "POST"]
            for method in [*methods, *(["HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"] if IS_SOAK else [])]:
                yield Address(name, route, pattern, roles, method)


def probes(world: World) -> Iterator[Probe]:
    """What is asked: always whoever may least about what they may not, and the core pages by all; then by lot."""
    chance = random.Random(SEED)
    always, rest, last = list[Probe](), list[Probe](), list[Probe]()
    for address, person in product(world.addresses, world.people):
        for case in world.cases if address.is_about_a_case else (None,):
            is_first = case is None or case.name == "food"
            is_edge = is_first and address.method == "GET" and person.role in EDGE
            is_core = address.name in CORE and address.method == "GET"
            one = last if address.name in ENDS_A_SESSION else always if is_edge or is_core else rest
            one.append(Probe(address, person, case))
    chance.shuffle(rest)
    yield from always
    yield from rest
    yield from last


EDGE = frozenset({"", "stranger", "once_mandated", "suspended", "ex_member", "other_agency"})
ENDS_A_SESSION = frozenset({"sign_out", "account_logout", "own:end_sessions", "own:password"})


KEPT: dict[str, tuple[Any, ...]] = {}
"""The canaries and the people, as they stand in the kept copy of the database."""


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    """Everything stands, and the followers have read it."""
    cache.clear()
    with time_machine.travel(MONDAY, tick=True) as traveller:
        county = County(traveller)

        def fill() -> None:
            database.filled("county", found)
            KEPT["cases"], KEPT["people"] = tuple(cast.cases(county)), tuple(cast.people(county))
            while sequence.sequence() + follow.run(FOLLOWERS, now=codec.microseconds(clock.now())):
                pass
            files = Path(settings.FILES_DIR)
            KEPT["files"] = tuple((each.relative_to(files), each.read_bytes()) for each in files.glob("*/*"))

        database.filled("rights", fill, of_this_process=True)
        for name, content in KEPT["files"]:  # a filled database comes back without what lay beside it
            (Path(settings.FILES_DIR) / name).parent.mkdir(parents=True, exist_ok=True)
            (Path(settings.FILES_DIR) / name).write_bytes(content)
        yield World(county, KEPT["cases"], KEPT["people"], numbers.query_number(clock.today()))


def test_every_parameter_of_an_address_is_known():
    known = {name for names in ARGUMENTS for name in names.split()}
    needed = {name for _, pattern, _ in _patterns(get_resolver()) for name in pattern.pattern.converters}

    assert needed <= known, f"say in ARGUMENTS what they name: {sorted(needed - known)}"


def test_every_post_and_every_kind_of_account_probes(world):
    assert ROLES - {"agent"} <= {held for person in world.people for held in person.held}
    assert SPECIAL.keys() <= {person.role for person in world.people}
    assert {role for roles in SEES.values() for role in roles} <= {person.role for person in world.people}


@pytest.mark.slow
@on_sqlite
def test_nobody_learns_what_is_not_theirs(world):
    wanted = LARGE if IS_SOAK else SMALL

    for each in probes(world):
        world.probe(each)
        if world.asked >= wanted:
            break

    assert world.leaks[:25] == [], f"{len(world.leaks)} of {world.asked}, seed {SEED}"
    assert world.asked >= wanted, "there are not so many questions"
    for case in world.cases:
        acted = {entry.actor for entry in read.entries(case.stream)}
        assert acted <= may_act(world, case), "who sees nothing of a case does nothing in it"


def may_act(world: World, case: Canary) -> set[str]:
    """The pseudonyms of whoever sees a case; and time."""
    keys = [each.client.session.get("_auth_user_id") for each in world.people if each.role in SEES[case.name]]
    return {"timer", *User.objects.filter(pk__in=[each for each in keys if each]).values_list("pseudonym", flat=True)}


@pytest.mark.parametrize(
    "sabotage",
    [
        lambda manager, scope: Q(),
        lambda manager, scope: Q(Exists(manager._participants(scope).filter(stream=OuterRef("stream")))),
    ],
    ids=["no condition", "anybody's participants"],
)
@on_sqlite
def test_a_sabotaged_filter_is_noticed(world, monkeypatch, sabotage):
    monkeypatch.setattr(ScopedManager, "_seen", sabotage)
    core = [
        each for each in probes(world) if each.address.name in CORE and each.person.role in EDGE | {"elsewhere_clerk"}
    ]

    for each in core[:40]:
        world.probe(each)

    assert any("says" in each for each in world.leaks)
    assert any("is not there" in each for each in world.leaks)


@on_postgresql
def test_with_the_filter_gone_postgresql_still_answers_nobody_about_a_foreign_case(world, monkeypatch):
    monkeypatch.setattr(ScopedManager, "_seen", lambda manager, scope: Q())
    core = [each for each in probes(world) if each.address.name in CORE and each.person.role in EDGE - {"stranger"}]

    for each in core[:40]:
        world.probe(each)

    assert world.asked >= 40
    assert world.leaks == []
