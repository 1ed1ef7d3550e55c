"""Founding the demo county: its organisation, calendars, items and people, as the rulebook has them."""

from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from banjie.demo.people import PEOPLE, Person
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.commands import Actor
from banjie.engine.events import ActorKind
from banjie.engine.law import Procedure
from banjie.records import catalogue
from banjie.records.accounts.models import Kind, User
from banjie.records.catalogue import drafts, levels, publication, rulebook
from banjie.records.catalogue.lists import load_lists
from banjie.records.catalogue.models import BaseItem, Draft
from banjie.records.organisation import load, queries
from banjie.records.organisation.queries import pseudonym_of
from banjie.records.organisation.rulebook import Organisation, organisation
from banjie.records.parties import mandates, register
from banjie.records.parties.mandates import Terms
from banjie.records.parties.models import Level, Mandate, MandateKind

PASSWORD = "yunling-2026"
"""Everybody's in the demo county, whose people are invented; there is none in any other installation."""

LOG_INS = (
    ("shanju", "applicant, an enterprise"),
    ("baihe", "applicant, a person"),
    ("zhouning", "clerk at the window"),
    ("xujing", "clerk who decides instant items"),
    ("linhao", "head of the licensing section"),
    ("chenyu", "officer, document review"),
    ("wugang", "head of the site survey section"),
    ("zhaolei", "officer, site survey"),
    ("sunqian", "officer, site survey"),
    ("gaoyuan", "decides"),
    ("malan", "head of the approval bureau"),
    ("tangli", "licence desk"),
    ("dengfei", "supervises food business"),
    ("zhuangyan", "keeps the catalogue (审改办)"),
    ("miaoli", "signs for the service centre"),
    ("xiongtao", "signs for the e-government office"),
    ("yanglan", "clerk in the next county, where departments decide"),
    ("anzhe", "decides there"),
    ("yunwei", "runs the machine, sees no case"),
)
"""The accounts of a tour: user name and what it is for."""

OPERATOR = "yunwei"
CALENDAR = "CN-2026.1"
CALENDAR_YEARS = (2024, 2027)
KEEPERS = ("songke", "houling")
"""Who loads the calendar, and who confirms it."""

MANDATE = ("shanju", "tanglan")
"""An enterprise, and its employee who may act for it."""

COMMAND_IDS = UUID("5d3b9b0e-2b61-5a7e-8f0d-6f0f5a3d4c10")

COUNTIES = ("999921", "999922")
FOUNDED_ON = date(2025, 1, 1)


def is_founded() -> bool:
    """Whether the county stands: the last thing that `found` makes is there."""
    return Mandate.objects.exists()


def found(at: datetime) -> None:
    """Load organisation, calendar and lists, claim and publish every item, open the accounts. Safe to repeat."""
    given = organisation(Path(settings.RULEBOOK) / "organisation" / "demo.yaml")
    load.load(given)
    keeper, second = (pseudonym_of(each) for each in KEEPERS)
    years = rulebook.years(*CALENDAR_YEARS)
    catalogue.load_calendar(
        CALENDAR, years, by=keeper, at=at, second_person=second, command_id=uuid5(COMMAND_IDS, CALENDAR)
    )
    for region in COUNTIES:
        load_lists(
            region,
            by=keeper,
            at=at,
            on=FOUNDED_ON,
            reason="县级清单首次编制",
            notice="云岭市政务公开〔2025〕1号",
            command_id=uuid5(COMMAND_IDS, f"lists/{region}"),
        )
    for base in rulebook.base_items():
        name = f"base/{base.code}/{base.version}"
        levels.declare(
            base.code, base.version, base.source, base.fields, by=keeper, at=at, command_id=uuid5(COMMAND_IDS, name)
        )
    for path in rulebook.items():
        _publish(rulebook.item(path, given, pseudonym_of), given, at)
    for path in rulebook.examples():
        _keep_as_draft(rulebook.item(path, given, pseudonym_of), given, at)
    if not User.objects.filter(username=OPERATOR).exists():
        User.objects.create_user(OPERATOR, kind=Kind.OPERATOR)
    for person in PEOPLE:
        _open_account(person, at)
    # One digest for all: the password is no secret, and hashing it a hundred times would take seconds. An operator that
    # somebody made by hand keeps their own.
    ours = User.objects.exclude(kind=Kind.OPERATOR) | User.objects.filter(username=OPERATOR)
    ours.update(password=make_password(PASSWORD))
    if not Mandate.objects.exists():
        _give_mandate(at)


def _open_account(person: Person, at: datetime) -> None:
    """The account of an invented person or enterprise, and their party: the window has seen who they are."""
    if User.objects.filter(username=person.user).exists():
        return
    with transaction.atomic():
        user = User.objects.create_user(person.user)
        register.open_party(person.particulars, by=user.pseudonym, at=at, level=Level.WINDOW, pseudonym=user.pseudonym)


def _give_mandate(at: datetime) -> None:
    """An employee may act for their enterprise for a year (委托书)."""
    giver, agent = (Actor(_applicant(each), ActorKind.APPLICANT) for each in MANDATE)
    named = next(each for each in PEOPLE if each.user == MANDATE[1])
    day = at.astimezone(OFFICE_ZONE).date()
    terms = Terms(MandateKind.EMPLOYEE, day, day + timedelta(days=365))
    with transaction.atomic():
        _, code = mandates.give(giver, named.name, named.id_number, terms, at)
        mandates.accept(agent, code, at)


def _applicant(username: str) -> str:
    return User.objects.get(username=username).pseudonym


def _publish(procedure: Procedure, given: Organisation, at: datetime) -> None:
    """Claim the item for the agency that decides it, and publish its version with the three offices' consent."""
    keeper = _holder(given, procedure.region, drafts.KEEPER)
    if BaseItem.objects.filter(code=procedure.code[19:31]).exists():
        levels.claim(
            procedure.code[:31],
            procedure.region,
            procedure.agency_of(procedure.decides),
            by=keeper,
            at=at,
            command_id=uuid5(COMMAND_IDS, f"claim/{procedure.code[:31]}"),
        )
    signed = {office: _holder(given, procedure.region, post) for office, post in publication.OFFICES.items()}
    name = f"{procedure.code}/{procedure.version}"
    catalogue.publish(procedure, keeper, at, uuid5(COMMAND_IDS, name), signed)


def _keep_as_draft(procedure: Procedure, given: Organisation, at: datetime) -> None:
    """An item whose fields are 示例 in part lies with the keeper until somebody completes it."""
    if Draft.objects.filter(code=procedure.code).exists():
        return
    holder = _holder(given, procedure.region, drafts.KEEPER)
    unit = queries.person(holder).unit
    agency = next(each.id for each in given.agencies if unit in {own.id for own in each.units})
    keeper = Actor(holder, ActorKind.STAFF, frozenset({drafts.KEEPER}), unit, agency)
    drafts.open_draft(procedure, keeper, at, origin="示例")


def _holder(given: Organisation, region: str, post: str) -> str:
    """The pseudonym of the last who holds a post in an agency of this region: that office's own people come last."""
    units = {unit.id for agency in given.agencies if agency.region == region for unit in agency.units}
    holders = [each.username for each in given.staff if each.unit in units and post in each.posts]
    return pseudonym_of(holders[-1])
