"""The register of licences for officers: their own agency's, masked, found by number or by the holder's number."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache

from banjie.duties.licences import queries
from banjie.duties.licences.models import Licence
from banjie.web import clock
from banjie.web.messages import compile_messages
from tests.county import MONDAY, County
from tests.databases import Database
from tests.faces.pages import text_of
from tests.faces.portal.test_licences import held, issued

pytestmark = pytest.mark.database


@pytest.fixture
def county(database: Database) -> Iterator[County]:
    """The demo county, where its applicant holds a food licence."""
    compile_messages()
    cache.clear()
    with time_machine.travel(MONDAY, tick=True) as traveller:
        made = County(traveller)
        database.filled("county with a licence", lambda: issued(made, database))
        yield made


def test_an_officer_finds_the_licences_of_their_agency_and_reads_their_history(county: County) -> None:
    row, officer = held(county), county.client("officer")
    number = queries.content_of(row)["holder"]["id_number"]

    listed = officer.get("/desk/licences/")
    by_holder = officer.post("/desk/licences/", {"holder": number})
    nobodys = officer.post("/desk/licences/", {"holder": number[:-1]})
    one = officer.get(f"/desk/licences/{row.stream}/")

    assert row.number in text_of(listed)
    assert row.number in text_of(officer.get("/desk/licences/", {"q": row.identifier}))
    assert row.number in text_of(by_holder)
    assert row.number not in text_of(nobodys)
    assert "云岭县行政审批局颁发" in text_of(one)
    assert "签名有效" in text_of(one)
    assert row.number not in text_of(officer.get("/desk/licences/", {"state": "revoked"}))
    assert row.number not in text_of(officer.get("/desk/licences/", {"soon": "90"}))
    county.move_to(clock.now().replace(year=2031) - timedelta(days=60))
    assert Licence.objects.kept().get(stream=row.stream).valid_to
    assert row.number in text_of(county.client("officer").get("/desk/licences/", {"soon": "90"}))


def test_another_agency_and_an_applicant_see_nothing_of_it(county: County) -> None:
    row = held(county)

    other = county.client("venue_officer")
    assert row.number not in text_of(other.get("/desk/licences/"))
    assert other.get(f"/desk/licences/{row.stream}/").status_code == 404
    assert county.client("applicant").get("/desk/licences/").status_code == 403
    assert county.client("").get(f"/desk/licences/{row.stream}/").status_code == 302
