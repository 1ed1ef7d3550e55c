"""Thousands of generated requests as three people: no fault, no status and no answer the schema does not know.

Two ways, for each finds what the other cannot: schemathesis makes requests from the schema (well-formed and not), and a
walker who knows the offers of real cases asks for what would be accepted, with odd values in it. Both are seeded: the
same requests each time, and ten times as many, other ones each time, under BANJIE_SOAK=1.
"""

import logging
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import Case as Request
from schemathesis import GenerationMode
from schemathesis.checks import CheckContext, not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.transport import Response
from schemathesis.specs.openapi import checks

from banjie.cases import queries
from banjie.cases.models import Case, Participant
from banjie.cases.scope import Scope, whole_house
from banjie.config.wsgi import application as wsgi
from banjie.faces.forms.acting import as_known
from banjie.records.catalogue.queries import law_in_force
from banjie.records.organisation.queries import actor_of, in_office
from banjie.store.log.sequence import sequence
from banjie.web import clock
from tests.county import County
from tests.databases import Database
from tests.faces.api.program import Answer, Program, applicant, staff

pytestmark = [pytest.mark.database, pytest.mark.slow]

SOAK = bool(os.environ.get("BANJIE_SOAK"))
TIMES = 10 if SOAK else 1
SEED = random.SystemRandom().randrange(2**32) if SOAK else 20260105


def bad_bodies_are_refused(ctx: CheckContext, response: Response, case: Request) -> bool | None:
    """negative_data_rejection, of bodies: the token replaces a broken one, and odd parameters vanish on their way."""
    body = case.meta.components.get(ParameterLocation.BODY) if case.meta else None
    return checks.negative_data_rejection(ctx, response, case) if body and body.mode.is_negative else None


CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    bad_bodies_are_refused,
]
FROM_SCHEMA = {"POST /api/v1/cases/{number}/commands": 140, "POST /api/v1/cases": 80}
"""Requests of each mode and person where it matters most; others get OTHERS."""

OTHERS = 20
LEAST = 2000
STEPS = 600


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of lines of the log say nothing here."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


# From the schema


def everybody() -> Iterator[tuple[str, Program, str]]:
    """Three people, each with a case they can see."""
    me, clerk, decider = applicant(), staff("hall-window", "clerk"), staff("decision-office", "decider")
    filed, accepted = me.file().json["number"], me.file().json["number"]
    clerk.ask(accepted, "accept")
    yield "applicant", me, filed
    yield "clerk", clerk, filed
    yield "decider", decider, accepted


def test_what_the_schema_allows_and_what_it_forbids_is_answered_as_it_says(county: County, database: Database) -> None:
    # What is generated does not depend on the database; what reaches it, the corpus and the walk below try on both.
    times = TIMES * (0.2 if database.is_postgresql else 1)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", wsgi)
    made = [each for found in schema.get_all_operations() for each in _made(found.ok(), times)]
    statuses: Counter[int] = Counter()
    started = time.monotonic()

    for _, program, number in everybody():
        for request in made:
            statuses[_asked(request, program, number)] += 1

    seconds = time.monotonic() - started
    print(f"{statuses.total()} requests from the schema in {seconds:.0f} s: {dict(sorted(statuses.items()))} ({SEED})")
    assert statuses.total() >= LEAST * times
    assert statuses.keys() >= {200, 201, 400, 401, 409, 422}


def _made(operation: Any, times: float) -> list[Request]:
    """Requests of both modes for this operation, made once: the same seed would make everybody the same ones."""
    made: list[Request] = []
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        is_any_text = operation.path.endswith("/items/{code}") and mode is GenerationMode.NEGATIVE
        takes_nothing = mode is GenerationMode.NEGATIVE and not [*operation.iter_parameters(), *operation.body]
        if is_any_text or takes_nothing:  # no text violates the schema of a code, and nothing that of an address alone
            continue
        given_path = {"number": "0"} if "{number}" in operation.path else None

        @seed(SEED)
        @settings(
            max_examples=round(FROM_SCHEMA.get(operation.label, OTHERS) * times),
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode, path_parameters=given_path))
        def make(case: Request) -> None:
            made.append(case)

        make()
    return made


def _asked(request: Request, program: Program, number: str) -> int:
    """The status of what this person is answered, about their own case where it is about one, and checked."""
    if "{number}" in request.path:
        request.path_parameters["number"] = number
    response = request.call(headers=program.headers())
    if response.status_code == 503 and response.json()["code"] == "proof_not_yet":
        while sequence():  # what the worker does within a second: asked again, there must be an answer
            pass
        response = request.call(headers=program.headers())
    request.validate_response(response, checks=CHECKS)
    return int(response.status_code)


# Along the offers


TEXTS = ("同意", "第一行\n第二行", "x" * 10_000, "𬭎\u0301", "'; --", "{{x}}", " ")
LINES = ("行政许可法第三十八条", "其他机关", "x" * 200, "é" * 100, " ")
CODES = ("nothing", "c1", "document_review", "passed", "failed", "0", "x" * 100)
DAYS = ("2026-12-31", "2027-02-05", "1900-01-01", "2200-12-31", "2024-02-29")
NUMBERS = (0, 1, 5, 10, 999, 1000)


class Walker:
    """Makes a body for a kind of command from its schema, with what the case offers wherever that fits."""

    def __init__(self, chance: random.Random, schema: dict[str, Any], people: list[Program], items: list[str]) -> None:
        self._chance = chance
        laws = [law_in_force(code, clock.today()).procedure for code in items]
        self._checks = {(law.code, step.slug): step.checks for law in laws for step in law.steps}
        self._known = schema["components"]["schemas"]
        self._units = {each.id: _unit(each) for each in people}
        self._staff = [{"id": each.id, "unit": self._units[each.id]} for each in people if self._units[each.id]]
        self._likely = self._staff

    def body(self, kind: str, case: dict[str, Any], allowed: dict[str, list[Any]], person: Program) -> dict[str, Any]:
        """A body of this kind for this case, plausible more often than not."""
        version, units = case["version"], {each["unit"] for each in case["steps"]}
        self._likely = [each for each in self._staff if each["unit"] in units] or self._staff
        name = "".join(part.title() for part in kind.split("_"))
        body = self._object(self._known[name], allowed)
        seen = version if self._chance.random() < 0.9 else self._chance.choice((0, version + 1, 2**31 - 1))
        body |= {"kind": kind, "command_id": str(uuid4()), "expected_version": seen}
        body.pop("late", None)
        if kind == "assign" and self._chance.random() < 0.7:
            # A head assigns people of their own unit, two where the law says so.
            near = [each for each in self._staff if each["unit"] == self._units[person.id]]
            body["people"] = self._chance.sample(near, min(len(near), self._chance.choice((1, 2))))
        if kind == "finish_step" and "outcome" in allowed and self._chance.random() < 0.6:
            # An outcome follows from findings on everything the step checks: by chance alone they seldom agree.
            checks = self._checks.get((case["item"], body["step"]), ())
            body["findings"] = [{"criterion": each, "met": True} for each in checks]
            body["outcome"] = next((each for each in ("passed", "no_objection") if each in allowed["outcome"]), "held")
        return body

    def _object(self, shape: dict[str, Any], allowed: dict[str, list[Any]]) -> dict[str, Any]:
        required = shape.get("required", [])
        return {
            name: self._value(name, part, allowed)
            for name, part in shape["properties"].items()
            if name in required or self._chance.random() < 0.5
        }

    def _value(self, name: str, part: dict[str, Any], allowed: dict[str, list[Any]]) -> Any:
        pick = self._chance.choice
        offered = allowed.get(name) or (allowed.get("point") if name == "points" else None)
        if part.get("type") == "array":
            return [self._value(name, part["items"], allowed) for _ in range(self._chance.choice((1, 1, 2, 0)))]
        if offered and self._chance.random() < 0.85:
            chosen = pick(offered)
            if isinstance(chosen, dict):
                return {key: value for key, value in chosen.items() if key != "text"}
            return {"kind": "criterion", "id": chosen, "defect": "unmet"} if name == "points" else chosen
        if "anyOf" in part:
            return self._value(name, pick(part["anyOf"]), allowed)
        if "$ref" in part:
            target = part["$ref"].rpartition("/")[2]
            if target == "Person":
                return pick(self._likely if self._chance.random() < 0.9 else self._staff)
            return self._object_or_code(target, allowed)
        return self._plain(part)

    def _object_or_code(self, target: str, allowed: dict[str, list[Any]]) -> Any:
        shape = self._known[target]
        return self._chance.choice(shape["enum"]) if "enum" in shape else self._object(shape, allowed)

    def _plain(self, part: dict[str, Any]) -> Any:
        pick = self._chance.choice
        if part.get("type") == "integer":
            return pick(NUMBERS)
        if part.get("type") == "boolean":
            return pick((True, False))
        if part.get("type") in ("null", "object"):
            return None if part["type"] == "null" else {}
        if "enum" in part or "const" in part:
            return pick(part.get("enum") or [part["const"]])
        if part.get("format") == "date":
            return pick(DAYS)
        if part.get("format"):
            return str(uuid4())
        return pick({10_000: TEXTS, 200: LINES}.get(part["maxLength"], CODES))


def _unit(program: Program) -> str:
    place = in_office(clock.today()).filter(user=program.user).first()
    return place.unit_id if place else ""


def test_whoever_follows_the_offers_with_odd_values_meets_no_fault(county: County) -> None:
    chance = random.Random(SEED)
    me = applicant()
    people = [me, *(Program(each.user) for each in in_office(clock.today()).order_by("pk"))]
    schema = me.get("/openapi.json").json
    documented = schema["paths"]["/api/v1/cases/{number}/commands"]["post"]["responses"].keys()
    items = [each["code"] for each in me.get("/items", limit=100).json["items"] if _needs_no_licence(each["code"])]
    walker = Walker(chance, schema, people, items)
    parts = [(each, _who(each)) for each in people]
    numbers = [_filed(me, item, chance) for item in items]  # few enough that each goes far in these steps
    statuses: Counter[int] = Counter()
    kinds: Counter[str] = Counter()
    started = time.monotonic()

    for step in range(STEPS * TIMES):
        if step % 60 == 59:  # old cases are over sooner or later
            numbers = [*numbers[1:], _filed(me, chance.choice(items), chance)]
        number = chance.choice(numbers[:6] if chance.random() < 0.6 else numbers)  # a few go far, the others come along
        person, case = _somebody(parts, number, chance, statuses)
        offer = _chosen(case["offers"], chance)
        body = walker.body(offer["kind"], case, offer["allowed"], person)
        answer = person.post(f"/cases/{number}/commands", body)
        statuses[answer.status] += 1
        assert str(answer.status) in documented, (body, answer)
        if answer.status == 200:
            kinds[offer["kind"]] += 1
            assert answer.json["version"] > case["version"]
            path = chance.choice(("", "/events", "/deadline"))
            assert person.get(f"/cases/{number}{path}").status == 200, (path, body)

    seconds = time.monotonic() - started
    print(f"{statuses.total()} requests along the offers in {seconds:.0f} s: {dict(sorted(statuses.items()))} ({SEED})")
    print(f"carried out: {dict(kinds.most_common())}")
    assert kinds.keys() >= {
        "accept",
        "assign",
        "finish_step",
        "request_correction",
        "submit_correction",
        "decide",
        "serve",
    }


def _somebody(
    people: list[tuple[Program, set[str]]], number: str, chance: random.Random, statuses: Counter[int]
) -> tuple[Program, dict[str, Any]]:
    """Somebody who could do something about this case, with the case as they see it; or the last who sees it."""
    with whole_house("a test looks who takes part"):
        stream = Case.objects.everything().get(number=number).stream
        parts = set(Participant.objects.everything().filter(stream=stream).values_list("who", flat=True))
        case = queries.view(stream, clock.now())
    take_part = [person for person, who in people if parts & who]
    asked = chance.sample(take_part, len(take_part))
    # Asked of the engine, and not of the API, page after page; one of the others is asked there as well.
    able = next((each for each in asked if _is_able(each, case)), asked[-1])
    for person in dict.fromkeys((asked[0], able)):
        answer = person.get(f"/cases/{number}")
        statuses[answer.status] += 1
        assert answer.status == 200, answer
    offers = answer.json["offers"]
    assert any(map(_is_likely, offers)) == _is_able(able, case), offers
    return able, answer.json


def _is_able(person: Program, case: queries.CaseView) -> bool:
    actor = actor_of(person.user)
    assert actor is not None
    offers = case.offers(as_known(actor, case.state)).values()
    return any(_is_likely({"kind": each.kind, "possible": not each.no}) for each in offers)


def _is_likely(offer: dict[str, Any]) -> bool:
    """Whether a walk gets somewhere by it."""
    return offer["possible"] and offer["kind"] not in RARELY


def _who(person: Program) -> set[str]:
    """As whom this person takes part in cases."""
    actor = actor_of(person.user)
    assert actor is not None
    return set(Scope.of(actor).who)


def _chosen(offers: list[dict[str, Any]], chance: random.Random) -> dict[str, Any]:
    """One of the offers, seldom one that is not possible."""
    often = [each for each in offers if _is_likely(each)]
    forward = [each for each in often if each["kind"] in FORWARD]
    if forward and chance.random() < 0.5:
        return chance.choice(forward)
    return chance.choice(often if often and chance.random() < 0.9 else offers)


FORWARD = frozenset({"accept", "assign", "finish_step", "decide", "issue", "serve"})
"""The main line: where it is open it is taken every second time, so that a walk gets somewhere."""


RARELY = frozenset(
    {"withdraw", "void", "terminate", "decline", "find_not_needed", "erase"}
    | {"make_statement", "appoint_contact", "redate", "correct_on_the_spot", "remind_correction"}
    | {"note", "complain", "answer_complaint", "take_back", "record_visit", "see_original", "return_original"}
    | {"sign_commitment", "promise_gaps", "verify_commitment", "record_measure", "restore_credit"}
    | {"send_papers", "receive_papers", "discontinue", "record_cancellation"}
)
"""Endings and talk: a walk that ends every case at once, or only talks, meets little."""


def _needs_no_licence(item: str) -> bool:
    """Whether somebody who holds no licence can file it; a renewal may be of one that is older than the register."""
    procedure = law_in_force(item, clock.today()).procedure
    return not procedure.licence_question or procedure.renews is not None


def _filed(me: Program, item: str, chance: random.Random) -> str:
    """A new case of this item, every question answered plainly and every paper seen."""
    guide = me.get(f"/items/{item}").json
    plain: dict[str, Callable[[Any], Any]] = {
        "text": lambda _: "示范",
        "number": lambda _: chance.choice((1, 60, 9000)),
        "yes_no": lambda _: chance.random() < 0.5,
        "date": lambda _: "2026-12-01",
        "choice": lambda question: chance.choice(question["choices"])["value"],
    }
    answer: Answer = me.file(
        item=item,
        answers={
            each["id"]: "JY1" if each["id"] == "licence_number" else plain[each["type"]](each)
            for each in guide["questions"]
        },
        provided=[{"material": each["id"], "form": "copy"} for each in guide["materials"] if chance.random() < 0.9],
    )
    assert answer.status == 201, answer
    return str(answer.json["number"])
