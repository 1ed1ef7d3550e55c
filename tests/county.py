"""The demo county in a test: founded as the demo founds it, with a browser for everybody.

pytest_plugins / conftest: `from tests.county import county`
county.client("clerk").get("/hall/")        county.actor("decider")        county.procedure()
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache as shared
from django.db import connection
from django.test import Client

from banjie.cases import queries
from banjie.cases.queries import CaseView
from banjie.config.followers import FOLLOWERS
from banjie.demo import county as demo
from banjie.demo.people import PEOPLE
from banjie.demo.people import Person as Applicant
from banjie.engine import commands as c
from banjie.engine.codec import OFFICE_ZONE, microseconds
from banjie.engine.law import Law
from banjie.records import catalogue
from banjie.records.accounts.models import User
from banjie.records.organisation.queries import actor_of
from banjie.records.organisation.rulebook import read
from banjie.store.log import follow, sequence
from banjie.store.log.install import create_installation
from banjie.store.log.models import Installation
from banjie.store.log.queries import installation
from banjie.web import clock
from banjie.web.messages import compile_messages
from tests.databases import Database

MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=OFFICE_ZONE)
"""The day tests begin on: an ordinary Monday, no holiday near."""

FOOD, INSTANT = "food-business-new", "sole-trader-deregistration"
HYGIENE, VENUE, FORWARDED = "public-place-hygiene", "entertainment-venue", "forest-seed-forwarded"
DISPATCH = "labour-dispatch"

ROLES = {
    "applicant": "shanju",
    "stranger": "baihe",
    "clerk": "zhouning",
    "deciding_clerk": "xujing",
    "agent": "shenyi",
    "section_head": "linhao",
    "officer": "chenyu",
    "colleague": "heming",
    "survey_head": "wugang",
    "surveyor": "zhaolei",
    "second_surveyor": "sunqian",
    "decider": "gaoyuan",
    "head_of_agency": "malan",
    "licence_clerk": "tangli",
    "registry_head": "shilei",
    "registrar": "niqing",
    "supervisor": "dengfei",
    "hall_head": "hejin",
    "inspector": "xiean",
    "second_inspector": "tonglu",
    "city_inspector": "gengyue",
    "other_agency": "luoyi",
    "venue_head": "cuixia",
    "venue_officer": "yekai",
    "venue_colleague": "fanwei",
    "host": "yufang",
    "venue_decider": "dongmin",
    "venue_leader": "shijian",
    "head_of_government": "huayu",
    "city_head": "baiyun",
    "city_officer": "taoran",
    "city_decider": "jinfeng",
    "keeper": "zhuangyan",
    "second_keeper": "gengyu",
    "centre": "miaoli",
    "e_government": "xiongtao",
    "other_keeper": "sangni",
    "other_centre": "guanhe",
    "health_supervisor": "liangbo",
    "labour_head": "qinshan",
    "labour_officer": "luoyi",
    "labour_decider": "panhong",
    "labour_supervisor": "wenbin",
    "data_steward": "houling",
    "seal_keeper": "zhujin",
    "archivist": "wendang",
    "second_seal_keeper": "yinzheng",
    "other_seal_keeper": "guzhang",
    "calendar_keeper": "songke",
    "second_calendar_keeper": "houling",
    "operator": "yunwei",
}
"""Who is who in the demo county: the role in a test, and the user name."""


@dataclass(frozen=True, slots=True)
class County:
    """The demo county and its people."""

    traveller: time_machine.Traveller

    def user(self, role: str) -> User:
        """The account of a role."""
        return User.objects.get(username=ROLES[role])

    def actor(self, role: str) -> c.Actor:
        """The actor of a role, as the faces fill it in."""
        actor = actor_of(self.user(role))
        assert actor is not None
        return actor

    def client(self, role: str = "") -> Client:
        """A browser in which somebody is signed in; of a visitor for an empty role."""
        client = Client(enforce_csrf_checks=False)
        if role:
            client.force_login(self.user(role))
        return client

    def applicant(self, role: str = "applicant") -> Applicant:
        """The particulars of an applicant."""
        return next(each for each in PEOPLE if each.user == ROLES[role])

    def code(self, item: str = FOOD) -> str:
        """The code of an item of the rulebook, by the name of its file."""
        return _code(Path(settings.RULEBOOK) / "items" / f"{item}.yaml")

    def law(self, item: str = FOOD) -> Law:
        """The law of an item, today."""
        return catalogue.law_in_force(self.code(item), clock.today())

    def view(self, stream: UUID) -> CaseView:
        """A case as it stands now."""
        return queries.view(stream, clock.now())

    def view_of(self, number: str) -> CaseView:
        """A case by its query number, as it stands now."""
        return self.view(queries.stream_of(number))

    def view_time(self) -> datetime:
        """What time it is."""
        return clock.now()

    def move_to(self, at: datetime) -> None:
        """Let it be another time."""
        self.traveller.move_to(at)


@cache
def _code(path: Path) -> str:
    code: str = read(path)["code"]
    return code


@pytest.fixture
def county(database: Database) -> Iterator[County]:
    """The demo county, founded, on a Monday morning; the clock runs from there."""
    compile_messages()
    shared.clear()
    with time_machine.travel(MONDAY, tick=True) as traveller:
        database.filled("county", found)
        yield County(traveller)


def found() -> None:
    """Found the demo county now, and let everybody who follows its log read on to the end, once for all tests."""
    create_installation(demo=True)
    _created_now()
    demo.found(clock.now())
    while sequence.sequence() + follow.run(FOLLOWERS, now=microseconds(clock.now())):
        pass


def _created_now() -> None:
    """Let the installation be as old as the county: PostgreSQL's own clock knows nothing of the day tests begin on."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        Installation.objects.update(created_at=microseconds(clock.now()))
        cursor.execute("RESET session_replication_role")
    installation.cache_clear()
