"""Somebody of each kind, with a browser of their own."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.test.utils import override_settings

from banjie.records.accounts.models import Kind, User
from banjie.records.organisation.models import Agency, Region, Staff, Unit
from tests.databases import Database

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def pages() -> Iterator[None]:
    """The pages of tests/web/addresses.py; nobody has tried to sign in yet."""
    cache.clear()
    with override_settings(ROOT_URLCONF="tests.web.addresses"):
        yield


@pytest.fixture
def people(installed: Database) -> dict[str, User]:
    """An applicant, a clerk, an officer, an operator, and a clerk whose post has ended."""
    Region.objects.create(code="999921", name="云岭县")
    told = {"government": "云岭县人民政府", "reconsideration": "云岭县人民政府", "court": "云岭县人民法院"}
    agency = Agency.objects.create(id="bureau", region_id="999921", name="局", credit_code="1" * 18, **told)
    unit = Unit.objects.create(id="window", agency=agency, name="窗口")
    made = {"applicant": User.objects.create_user("shanju", PASSWORD)}
    made["operator"] = User.objects.create_user("machine", PASSWORD, Kind.OPERATOR)
    for name, post, until in (
        ("clerk", "clerk", None),
        ("officer", "officer", None),
        ("former", "clerk", date(2025, 1, 31)),
    ):
        made[name] = User.objects.create_user(name, PASSWORD, Kind.STAFF, display_name=f"某{name}")
        Staff.objects.create(user=made[name], unit=unit, posts=[post], since=date(2024, 1, 2), until=until)
    return made


@pytest.fixture
def browser(people: dict[str, User]) -> Callable[[str], Client]:
    """A browser in which somebody is signed in; of a visitor for an empty name."""

    def of(name: str = "") -> Client:
        client = Client()
        if name:
            client.force_login(people[name])
        return client

    return of


def cookie(client: Client) -> str:
    """The session a browser has."""
    morsel = client.cookies.get(settings.SESSION_COOKIE_NAME)
    return morsel.value if morsel else ""
