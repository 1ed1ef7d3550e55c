"""Founding the demo county: its organisation, calendars, items and people, as the rulebook has them."""

from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid5

from django.conf import settings
from django.contrib.auth.hashers import make_password

from banjie.demo.people import PEOPLE
from banjie.records import catalogue
from banjie.records.accounts.models import Kind, User
from banjie.records.catalogue import rulebook
from banjie.records.organisation import load
from banjie.records.organisation.queries import pseudonym_of
from banjie.records.organisation.rulebook import organisation

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
)
"""The accounts of a tour: user name and what it is for."""

CALENDAR = "CN-2026.1"
CALENDAR_YEARS = (2024, 2027)
KEEPERS = ("songke", "houling")
"""Who loads the calendar, and who confirms it."""

COMMAND_IDS = UUID("5d3b9b0e-2b61-5a7e-8f0d-6f0f5a3d4c10")


def is_founded() -> bool:
    """Whether the county stands: the last thing that `found` makes is there."""
    return User.objects.filter(username=PEOPLE[-1].user).exists()


def found(at: datetime) -> None:
    """Load the organisation and the calendar, publish every item, and give everybody an account. Safe to repeat."""
    given = organisation(Path(settings.RULEBOOK) / "organisation" / "demo.yaml")
    load.load(given)
    keeper, second = (pseudonym_of(each) for each in KEEPERS)
    years = rulebook.years(*CALENDAR_YEARS)
    catalogue.load_calendar(
        CALENDAR, years, by=keeper, at=at, second_person=second, command_id=uuid5(COMMAND_IDS, CALENDAR)
    )
    for path in rulebook.items():
        procedure = rulebook.item(path, given, pseudonym_of)
        name = f"{procedure.code}/{procedure.version}"
        catalogue.publish(procedure, keeper, at, uuid5(COMMAND_IDS, name))
    for person in PEOPLE:
        if not User.objects.filter(username=person.user).exists():
            User.objects.create_user(person.user)
    # One digest for all: the password is no secret, and hashing it forty times would take seconds.
    User.objects.exclude(kind=Kind.OPERATOR).update(password=make_password(PASSWORD))
