"""An installation without the demo ends a licence of its own accord: published by two, opened by an officer."""

import io
import sys
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings

from banjie.command import main
from banjie.duties.licences.follow import Licences
from banjie.duties.licences.models import Licence
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.codec import microseconds
from banjie.records import catalogue
from banjie.records.accounts.models import User
from banjie.records.catalogue import publication, rulebook
from banjie.records.catalogue.models import ProceedingVersion
from banjie.records.organisation import load
from banjie.records.organisation.queries import pseudonym_of
from banjie.records.organisation.rulebook import organisation, read
from banjie.records.parties import register
from banjie.records.parties.models import Level
from banjie.store.log import queries, sequence
from banjie.store.log.follow import run
from banjie.store.log.install import create_installation
from banjie.web import clock
from tests.county import FOOD, ROLES, County
from tests.faces.cases import filed
from tests.faces.pages import text_of

pytestmark = pytest.mark.database

PASSWORD = "Sesame-2026-opens"
KEEPER, CENTRE, OTHER_CENTRE = ROLES["keeper"], ROLES["centre"], ROLES["other_centre"]
Run = Callable[..., tuple[int, str, str]]


def year(number: int) -> dict[str, Any]:
    """A year with one holiday: the clock of a real installation is the true one."""
    holiday = {"name": "元旦", "from": date(number, 1, 1), "to": date(number, 1, 1)}
    return {"year": number, "status": "provisional", "document": "暂定", "holidays": [holiday], "workdays": []}


def organised() -> None:
    """A real installation with the organisation, the years and one item published; its keepers have passwords."""
    create_installation(demo=False)
    given = organisation(Path(settings.RULEBOOK) / "organisation" / "demo.yaml")
    load.load(given)
    for name in (KEEPER, CENTRE, OTHER_CENTRE):
        user = User.objects.get(username=name)
        user.set_password(PASSWORD)
        user.save()
    named = {"by": "p-1", "second_person": "p-2", "at": clock.now(), "command_id": uuid4()}
    catalogue.load_calendar("CN-1", [year(clock.today().year), year(clock.today().year + 1)], **named)
    food = rulebook.item(Path(settings.RULEBOOK) / "items" / f"{FOOD}.yaml", given, pseudonym_of)
    signed = {office: f"p-{office}" for office in publication.OFFICES}
    catalogue.publish(food, "p-1", clock.now(), uuid4(), signed)


@pytest.fixture
def proceedings(database, capsys, monkeypatch) -> Run:
    """`banjie catalogue proceedings`, on such an installation."""
    monkeypatch.setattr(settings, "SECOND_FACTOR_POSTS", frozenset())
    database.filled("organised-with-food-for-real", organised)

    def run(*options: str, second: str = CENTRE, passwords: str = f"{PASSWORD}\n{PASSWORD}\n") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(passwords))
        capsys.readouterr()
        code = main(("catalogue", "proceedings", "--by", KEEPER, "--second", second, *options))
        return code, *capsys.readouterr()

    return run


def licence(county: County) -> Licence:
    """A food licence, issued and handed over."""
    person = county.applicant()
    user = User.objects.create_user(person.user)
    told = {"at": clock.now(), "level": Level.WINDOW, "pseudonym": user.pseudonym}
    register.open_party(person.particulars, by=user.pseudonym, **told)
    case = filed(county).examined()
    case.do("decider", lambda given: c.Decide(**given, outcome="grant"))
    case.do("licence_clerk", lambda given: c.Issue(**given))
    case.do("clerk", lambda given: c.Serve(**given, method="in_person"))
    sequence.sequence()
    run([Licences()], now=microseconds(clock.now()))
    return Licence.objects.kept().get(number=case.last(e.Issued).number)


def test_an_officer_of_an_installation_without_the_demo_opens_the_end_of_a_licence(proceedings):
    county = County(None)  # type: ignore[arg-type]  # nobody moves its clock
    row, officer = licence(county), county.client("officer")
    look = partial(officer.get, "/desk/proceedings/", {"number": row.number})
    assert [each.ways for each in look().context["found"]] == [()]

    code, out, err = proceedings()

    mine = [each for each in map(read, rulebook.proceedings()) if each["region"] == "999921"]
    assert (code, out.count("+ proceeding")) == (0, len(mine)), err
    assert set(ProceedingVersion.objects.values_list("code", flat=True)) == {each["code"] for each in mine}
    page = look()
    way = next(way for each in page.context["found"] for way in each.ways if "撤销" in way.name)
    about = {"code": way.code, "number": row.number, "type": row.type, "command_id": str(uuid4())}
    found_out = {"ground": "unqualified", "facts": "核查发现场地不符合条件", "discovered_on": clock.today().isoformat()}
    sent = officer.post("/desk/proceedings/open/", {**about, **found_out}, follow=True)
    assert "核查发现场地不符合条件" in text_of(sent)
    assert not queries.installation().demo


def test_proceedings_are_published_once_and_a_later_version_after_them(proceedings, monkeypatch, tmp_path):
    assert proceedings("--dry-run")[0] == 0
    assert not ProceedingVersion.objects.exists()
    assert proceedings()[0] == 0
    stood = ProceedingVersion.objects.count()

    assert "Nothing is new" in proceedings()[1]
    assert ProceedingVersion.objects.count() == stood

    (tmp_path / "proceedings").mkdir()
    for each in Path(settings.RULEBOOK).iterdir():
        if each.name != "proceedings":
            (tmp_path / each.name).symlink_to(each)
    text = rulebook.proceedings()[0].read_text(encoding="utf-8")
    (tmp_path / "proceedings" / "next.yaml").write_text(text.replace("version: 1", "version: 2"), encoding="utf-8")
    monkeypatch.setattr(settings, "RULEBOOK", tmp_path)
    assert proceedings()[0] == 0
    assert ProceedingVersion.objects.get(version=2).code == read(tmp_path / "proceedings" / "next.yaml")["code"]

    for name, wrong in (("act", "licence_act: change"), ("unit", "receives: nowhere")):
        broken = text.replace("version: 1", "version: 3").replace(f"{wrong.partition(':')[0]}: ", f"{wrong}  # ")
        (tmp_path / "proceedings" / f"{name}.yaml").write_text(broken, encoding="utf-8")
    code, _, err = proceedings()
    assert (code, "proceedings/act.yaml: " in err, "proceedings/unit.yaml: " in err) == (1, True, True), err
    assert not ProceedingVersion.objects.filter(version=3).exists()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"second": ""}, "--second"),
        ({"second": KEEPER}, "--second"),
        ({"second": OTHER_CENTRE}, "--second"),
        ({"passwords": f"{PASSWORD}\nwrong\n"}, "name and password"),
        ({"passwords": f"wrong\n{PASSWORD}\n"}, "name and password"),
    ],
)
def test_a_proceeding_needs_the_keeper_and_the_service_centre_of_the_region(proceedings, options, told):
    code, _, err = proceedings(**options)

    assert (code, told in err) == (1, True), err
    assert not ProceedingVersion.objects.exists()
