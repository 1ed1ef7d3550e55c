"""Founding the demo county: its organisation, calendars, items and people, as the rulebook has them.

A county that stands is founded again by a start that finds another rulebook: what it says otherwise is published as
the next version, from that day. Nothing is taken back: running cases keep their version, and what somebody in the
county has published by hand stays.
"""

import hashlib
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5

import structlog
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from banjie.demo.models import Founding
from banjie.demo.people import PEOPLE, Person
from banjie.duties.seals import founding as seals
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.commands import Actor
from banjie.engine.events import ActorKind
from banjie.engine.law import Procedure
from banjie.engine.not_possible import NotPossible
from banjie.records import catalogue
from banjie.records.accounts.models import Kind, User
from banjie.records.catalogue import drafts, levels, publication, rulebook, taking_in
from banjie.records.catalogue import queries as in_catalogue
from banjie.records.catalogue.adjustments import load_lists
from banjie.records.catalogue.models import BaseItem, CalendarVersion, Draft, ProcedureVersion
from banjie.records.organisation import load, queries
from banjie.records.organisation.queries import pseudonym_of
from banjie.records.organisation.rulebook import Organisation, organisation
from banjie.records.parties import mandates, register
from banjie.records.parties.mandates import Terms
from banjie.records.parties.models import Level, Mandate, MandateKind, Party
from banjie.store.log import read

log = structlog.get_logger("banjie.demo")

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
    ("zhujin", "keeps the seal of the approval bureau"),
    ("wendang", "keeps the archive of the approval bureau"),
    ("xiean", "supervision office of the county (电子监察)"),
    ("dengfei", "supervises food business"),
    ("zhuangyan", "keeps the catalogue (审改办)"),
    ("songke", "keeps the working calendar"),
    ("houling", "second keeper of the calendar"),
    ("miaoli", "signs for the service centre"),
    ("xiongtao", "signs for the e-government office"),
    ("yanglan", "clerk in the next county, where departments decide"),
    ("anzhe", "decides there"),
    ("yunwei", "system administrator: runs the machine, sees no case"),
    ("anbao", "security administrator: keeps accounts and posts"),
    ("anhe", "second security administrator"),
    ("shenji", "audit administrator: reads what all of them did"),
)
"""The accounts of a tour: user name and what it is for."""

OPERATOR = "yunwei"
ADMINISTRATORS = {OPERATOR: Kind.OPERATOR, "anbao": Kind.SECURITY, "anhe": Kind.SECURITY, "shenji": Kind.AUDIT}
CALENDAR = "CN-2026.1"
CALENDAR_YEARS = (2024, 2027)
KEEPERS = ("songke", "houling")
"""Who loads the calendar, and who confirms it."""

MANDATE = ("shanju", "tanglan")
"""An enterprise, and its employee who may act for it."""

COMMAND_IDS = UUID("5d3b9b0e-2b61-5a7e-8f0d-6f0f5a3d4c10")

COUNTIES = ("999921", "999922")
FOUNDED_ON = date(2025, 1, 1)


def found_once(at: datetime) -> None:
    """`found`, unless rulebook and demo are as they were when this county was founded last: a start is to be quick."""
    edition = _edition()
    if Founding.objects.filter(edition=edition).exists():
        return
    found(at)
    Founding.objects.update_or_create(pk=1, defaults={"edition": edition})


def _edition() -> str:
    """The digest of everything a founding reads: the rulebook's files, and the demo's own people and log-ins."""
    digest = hashlib.sha256()
    for folder, pattern in ((Path(settings.RULEBOOK), "**/*"), (Path(__file__).parent, "*.py")):
        for path in sorted(folder.glob(pattern)):
            if path.is_file():
                content = path.read_bytes()
                digest.update(f"{path.relative_to(folder)} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def found(at: datetime) -> None:
    """Load organisation, calendar and lists, claim and publish every item, open the accounts. Safe to repeat.

    In a county that stands, what changed in the rulebook follows as next versions, and what cannot is logged.
    """
    given = organisation(Path(settings.RULEBOOK) / "organisation" / "demo.yaml")
    load.load(given)
    seals.load(pseudonym_of, at)
    keeper, second = (pseudonym_of(each) for each in KEEPERS)
    _load_calendar(keeper, second, at)
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
        _declare(base, keeper, at)
    for path in rulebook.items():
        _publish(rulebook.item(path, given, pseudonym_of), given, at)
    for path in rulebook.proceedings():
        _publish_proceeding(rulebook.item(path, given, pseudonym_of), given, at)
    for path in rulebook.examples():
        _keep_as_draft(rulebook.item(path, given, pseudonym_of), given, at)
    known = set(User.objects.filter(username__in=ADMINISTRATORS).values_list("username", flat=True))
    for username, kind in ADMINISTRATORS.items():
        if username not in known:
            User.objects.create_user(username, kind=kind)
    for person in PEOPLE:
        _open_account(person, at)
    # One digest for all: the password is no secret, and hashing it a hundred times would take seconds. Who has a
    # password keeps it: somebody may have changed theirs, or have signed up.
    ours = {*ADMINISTRATORS, *(each.username for each in given.staff), *(each.user for each in PEOPLE)}
    new = [each.pk for each in User.objects.filter(username__in=ours) if not each.has_usable_password()]
    if new:
        User.objects.filter(pk__in=new).update(password=make_password(PASSWORD))
    if not Mandate.objects.exists():
        _give_mandate(at)


def _load_calendar(keeper: str, second: str, at: datetime) -> None:
    years, id = rulebook.years(*CALENDAR_YEARS), uuid5(COMMAND_IDS, CALENDAR)
    try:
        catalogue.load_calendar(CALENDAR, years, by=keeper, at=at, second_person=second, command_id=id)
    except NotPossible as no:
        if not CalendarVersion.objects.filter(version=CALENDAR).exists():
            raise
        log.warning("calendar_stays", version=CALENDAR, reason=no.code)


def _declare(base: rulebook.Base, keeper: str, at: datetime) -> None:
    """Take in a base item; one that says otherwise than the county's follows as the next version."""
    known = BaseItem.objects.filter(code=base.code).first()
    if known and known.fields == dict(base.fields):
        return
    version = max(base.version, known.version + 1) if known else base.version
    name = f"base/{base.code}/{version}"
    try:
        levels.declare(
            base.code, version, base.source, base.fields, by=keeper, at=at, command_id=uuid5(COMMAND_IDS, name)
        )
    except NotPossible as no:
        if known is None:
            raise
        log.warning("base_item_stays", item=base.code, version=known.version, reason=no.code)


def _open_account(person: Person, at: datetime) -> None:
    """The account of an invented person or enterprise, and their party: the window has seen who they are."""
    user = User.objects.filter(username=person.user).first()
    if user and Party.objects.filter(id=user.pseudonym).exists():
        return
    with transaction.atomic():
        user = user or User.objects.create_user(person.user)
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
    """Claim the item for the agency that decides it, and publish its version with the three offices' consent.

    What stands already is published again only where the rulebook says otherwise since: as the next version, from
    today. NotPossible where nothing is published yet; else the published version stays, and the log says so.
    """
    newest = ProcedureVersion.objects.filter(code=procedure.code).order_by("-version").first()
    if newest:
        if _says_the_same(newest, procedure):
            return
        if newest.withdrawn_on or not _is_ours(newest):
            log.warning("published_version_stays", item=newest.code, version=newest.version, reason="changed_by_hand")
            return
        today = at.astimezone(OFFICE_ZONE).date()
        procedure = replace(
            procedure,
            version=max(procedure.version, newest.version + 1),
            effective_from=max(procedure.effective_from, newest.effective_from, today),
        )
    keeper = _holder(given, procedure.region, drafts.KEEPER)
    signed = {office: _holder(given, procedure.region, post) for office, post in publication.OFFICES.items()}
    try:
        with transaction.atomic():
            base = BaseItem.objects.filter(code=procedure.code[19:31]).first()
            if base:
                name = f"claim/{procedure.code[:31]}/{base.version}"
                agency = procedure.agency_of(procedure.decides)
                levels.claim(
                    procedure.code[:31],
                    procedure.region,
                    agency,
                    by=keeper,
                    at=at,
                    command_id=uuid5(COMMAND_IDS, name),
                )
            id = _command_id(procedure.code, procedure.version)
            catalogue.publish(procedure, keeper, at, id, signed)
    except NotPossible as no:
        if newest is None:
            raise
        log.warning("published_version_stays", item=newest.code, version=newest.version, reason=no.code, **no.facts)
        return
    if newest:
        log.info("next_version_published", item=procedure.code, version=procedure.version)


def _publish_proceeding(procedure: Procedure, given: Organisation, at: datetime) -> None:
    """Publish what the agency may open itself, once; a version that stands is another's to follow."""
    first, second = (_holder(given, procedure.region, post) for post in taking_in.TWO)
    taking_in.publish_proceeding(procedure, first, second, at, _command_id(procedure.code, procedure.version))


def _command_id(code: str, version: int) -> UUID:
    return uuid5(COMMAND_IDS, f"{code}/{version}")


def _is_ours(published: ProcedureVersion) -> bool:
    """Whether this version was published by founding, and not by somebody's own hand since."""
    id = _command_id(published.code, published.version)
    return any(entry.command_id == id for entry in read.entries(published.stream))


def _says_the_same(published: ProcedureVersion, procedure: Procedure) -> bool:
    """Whether a published version says what the rulebook says, whatever its number and the day it began."""
    known = in_catalogue.procedure(published.digest)
    return replace(known, version=procedure.version, effective_from=procedure.effective_from) == procedure


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
