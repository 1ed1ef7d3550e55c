"""Who probes and what they look for: everybody of the demo county, cases with canaries in them, and who may see which.

Nothing here asks the code under test who may see what. `SEES` is the rule of the house, written down by hand: whoever
takes part in a case (who applied, the window that took it, the unit and the people of a step, who decides), and nobody
by rank, neighbourhood or curiosity.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID, uuid4

from django.test import Client

from banjie.cases.handle import submit
from banjie.demo.people import PEOPLE
from banjie.engine import codec
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.records.accounts.models import Kind, User
from banjie.records.accounts.tokens import issue_token
from banjie.records.organisation.models import Staff
from banjie.records.organisation.queries import actor_of
from banjie.records.parties import mandates
from banjie.records.parties import register as parties
from banjie.records.parties.mandates import Terms
from banjie.records.parties.models import MandateKind, Party
from banjie.store.files.receive import receive
from banjie.web import clock
from banjie.web.middleware import ACTING_FOR
from banjie.web.roles import ADMINISTRATORS
from tests.cast import demo_id_card
from tests.county import DISPATCH, FOOD, ROLES, County
from tests.faces.cases import Filed, plain_answer

FOREIGN = "food-business-new-yunxi"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@dataclass(frozen=True, slots=True)
class Canary:
    """A case, and every text in it that is nobody else's business."""

    name: str
    stream: UUID
    number: str
    query_number: str
    secrets: tuple[str, ...]
    file: str = ""

    @property
    def marks(self) -> tuple[str, ...]:
        """What shows that the case is there at all."""
        return (self.query_number, self.number, self.stream.hex, str(self.stream))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who probes: their role in the tests, a browser, a token for the API where they have one, their roles."""

    role: str
    client: Client
    token: str
    held: frozenset[str]
    stands_for: str = field(default="")


# Who sees which case: by hand

OF_THE_HALL = frozenset({"clerk", "deciding_clerk", "agent", "hall_head"})
"""The county's common window, which takes in what other agencies decide as well."""

SEES: Mapping[str, frozenset[str]] = {
    # In 云岭, at the approval bureau: received at the hall, examined by two of its sections, decided and served there;
    # the market bureau supervises the trade afterwards. Whoever works in one of these units, in whatever post.
    "food": OF_THE_HALL
    | {"applicant", "mandated", "third_party", "supervisor", "head_of_agency"}
    | {"section_head", "officer", "colleague", "survey_head", "surveyor", "second_surveyor"}
    | {"decider", "licence_clerk", "seal_keeper", "second_seal_keeper"},
    # In 云岭, received at the same hall, examined and decided by human resources, which is another agency.
    "labour": OF_THE_HALL
    | {"stranger", "mandated_by_stranger", "other_agency", "labour_head", "labour_decider", "labour_supervisor"}
    | {"other_seal_keeper"},
    # In 云溪, another county, where the department receives and decides itself. Filed, and not looked at yet.
    "elsewhere": frozenset({"elsewhere", "elsewhere_clerk"}),
}

KNOWS_OF: Mapping[str, frozenset[str]] = {
    "food": frozenset({"inspector", "second_inspector", "labour_supervisor", "health_supervisor"}),
    "labour": frozenset({"inspector", "second_inspector", "supervisor", "health_supervisor"}),
    "elsewhere": frozenset({"head_of_government"}),
}
"""Who may learn that a case is there and how it stands, without what was handed in: whoever supervises its region."""

SPECIAL = {
    "": "nobody is signed in",
    "mandated": "an agent of the applicant of `food` under a mandate that stands",
    "once_mandated": "their agent until yesterday",
    "mandated_by_stranger": "an agent of somebody else: of the applicant of `labour`",
    "third_party": "named as somebody whom `food` concerns",
    "ex_member": "an officer of the section that examines `food`, until yesterday",
    "suspended": "an officer of that section whose account is closed",
}
"""Relations that are no post."""


def people(county: County) -> Iterator[Person]:
    """Everybody who probes, each account once. Whoever has left or is suspended had signed in before."""
    yield Person("", Client(raise_request_exception=False), "", frozenset({"public"}))
    done = set[str]()
    for role, username in everybody().items():
        if username not in done:
            done.add(username)
            yield _signed_in(role, county_user(username))
    yield from _agents(county)
    yield from _gone()


def everybody() -> dict[str, str]:
    """The user names of all roles: those of the tests, one for each post that none of them holds, and 云溪's."""
    found = {**ROLES, "elsewhere": "lusongqing", "third_party": "tanglan", "elsewhere_clerk": "yanglan"}
    places = {
        each.user.username: each for each in Staff.objects.select_related("user", "unit").order_by("user__username")
    }
    taken = {post for username in found.values() if username in places for post in places[username].posts}
    for username, place in places.items():
        if set(place.posts) - taken:
            found[f"of_{place.unit_id}"] = username
            taken |= set(place.posts)
    for kind in Kind.values:
        user = User.objects.filter(kind=kind).order_by("username").first()
        if user and kind not in (Kind.APPLICANT, Kind.STAFF):
            found.setdefault(f"kind_{kind}", user.username)
    return found


def _gone() -> Iterator[Person]:
    """Two officers of the section that examines `food`: one left yesterday, the account of the other is closed."""
    unit = Staff.objects.get(user__username=ROLES["officer"]).unit
    for role in ("ex_member", "suspended"):
        user = User.objects.create_user(username=role, password="x" * 12, kind=Kind.STAFF, display_name=role)
        place = Staff.objects.create(user=user, unit=unit, posts=["officer"], since=clock.today() - timedelta(days=99))
        person = _signed_in(role, user)
        if role == "ex_member":
            place.until = clock.today() - timedelta(days=1)
            place.save()
        else:
            user.is_active = False
            user.save()
        yield replace(person, held=frozenset({"public"}))


def _signed_in(role: str, user: User) -> Person:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    actor = actor_of(user)
    token = issue_token(user, "rights", 7, clock.now()) if user.kind in (Kind.APPLICANT, Kind.STAFF) else ""
    held = {"public", *(actor.posts if actor else ())}
    if actor:
        held.add("staff" if actor.kind is e.ActorKind.STAFF else "applicant")
    if user.kind not in (Kind.APPLICANT, Kind.STAFF):
        held.add(ADMINISTRATORS[user.kind])
    return Person(role, client, token, frozenset(held))


def _agents(county: County) -> Iterator[Person]:
    """Three agents, of whom one has a mandate from the applicant that stands today."""
    giver, other = county.user("applicant"), county.user("stranger")
    for role, given_by, ends in (
        ("mandated", giver, 0),
        ("once_mandated", giver, 1),
        ("mandated_by_stranger", other, 0),
    ):
        user = User.objects.create_user(
            username=f"agent-{role}", password="x" * 12, kind=Kind.APPLICANT, pseudonym=f"p-{role}"[:20]
        )
        number = {"mandated": 901, "once_mandated": 902, "mandated_by_stranger": 903}[role]
        party = parties.open_party(
            {
                "kind": "person", "name": f"经办{number}", "id_type": "id_card", "id_number": demo_id_card(number),
                "phone": f"13900000{number}", "address": "云岭县城关镇南门巷1号",
            },
            by=user.pseudonym, at=clock.now(), pseudonym=user.pseudonym,
        )  # fmt: skip
        assert Party.objects.filter(id=party.id).exists()
        terms = Terms(
            MandateKind.EMPLOYEE, clock.today() - timedelta(days=60), clock.today() + timedelta(days=60), (), False
        )
        giving = c.Actor(given_by.pseudonym, e.ActorKind.APPLICANT)
        row, code = mandates.give(giving, f"经办{number}", demo_id_card(number), terms, clock.now())
        mandates.accept(c.Actor(user.pseudonym, e.ActorKind.APPLICANT), code, clock.now())
        person = _signed_in(role, user)
        session = person.client.session
        session[ACTING_FOR] = given_by.pseudonym
        session.save()
        if ends:
            mandates.end(row.stream, giving, clock.now())
        yield replace(person, stands_for=given_by.pseudonym)


# Cases with canaries in them


def cases(county: County) -> Iterator[Canary]:
    """A case of each kind of stranger, on its way, with canaries in whatever somebody hands in."""
    food = _filed(county, "food", FOOD, "applicant", "食", 7)
    case = Filed(county, food.stream, food.query_number, FOOD)
    case.accepted().assigned("document_review", "section_head", "officer")
    case.assigned("site_survey", "survey_head", "surveyor", "second_surveyor")
    third = e.Person(county_user("tanglan").pseudonym)
    told = c.Personal({"name": "金丝雀邻居", "phone": "13900001111"})
    case.do("officer", lambda given: c.NameThirdParties(**given, parties=(third,), particulars=(told,)))
    yield replace(food, secrets=(*food.secrets, "金丝雀邻居", "13900001111"))
    labour = _filed(county, "labour", DISPATCH, "stranger", "劳", 8)
    Filed(county, labour.stream, labour.query_number, DISPATCH).accepted()
    yield labour
    yield _filed(county, "elsewhere", FOREIGN, "elsewhere", "远", 9)


def county_user(username: str) -> User:
    """An account by its user name."""
    return User.objects.get(username=username)


def _filed(county: County, name: str, item: str, role: str, letter: str, digit: int) -> Canary:
    username = everybody()[role]
    person = next(each for each in PEOPLE if each.user == username)
    user, at = county_user(username), clock.now()
    actor = c.Actor(user.pseudonym, e.ActorKind.APPLICANT)
    shown = {
        "name": f"金丝雀{letter}名",
        "phone": f"1350000{digit}{digit}{digit}{digit}",
        "address": f"金丝雀{letter}街18号",
    }
    law = county.law(item)
    answers = {
        each.id: f"金丝雀{letter}答" if each.type == "text" else plain_answer(each) for each in law.procedure.questions
    }
    file = receive(PDF + letter.encode(), f"金丝雀{letter}图.pdf", user.pseudonym, codec.microseconds(at))
    needed = [each for each in law.procedure.materials if each.necessary and not each.when]
    first, *others = needed
    command = c.Submit(
        command_id=uuid4(), at=at, by=actor,
        applicant=c.Personal({**person.particulars, **shown}, find_by=person.id_number),
        answers=c.Personal(answers),
        provided=(
            e.Provided(first.id, files=(file,)), *(e.Provided(each.id, form="copy") for each in others)
        ),
        e_service=True,
    )  # fmt: skip
    done = submit(county.code(item), command, key=str(command.command_id))
    secrets = (*shown.values(), person.id_number, f"金丝雀{letter}答", f"金丝雀{letter}图")
    return Canary(name, done.stream, done.number, done.query_number, secrets, file.id)
