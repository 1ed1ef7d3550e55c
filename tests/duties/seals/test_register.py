"""The register of seals: two people take a seal into use or seal it away, and a region's rules are data."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import yaml
from django.conf import settings

from banjie.duties.papers import kinds
from banjie.duties.seals import policy, register
from banjie.duties.seals.models import Authority, Ceremony, Seal
from banjie.duties.seals.register import Given, Held
from banjie.engine.commands import Actor
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.records.parties import sealing
from banjie.store.log import read
from banjie.store.signing import custody
from banjie.web import clock
from banjie.words.documents import DOCUMENTS
from tests.county import County
from tests.duties.seals.papers import LICENSING, OLD, ONE_SEAL, seal_of

pytestmark = pytest.mark.database
TODAY = date(2026, 3, 2)
NEW = Given("approval-bureau", "approval", "行政审批专用章", "9999210000199", ("zhujin",))


def no(act: Callable[[], object]) -> str:
    """The code of a refusal."""
    with pytest.raises(NotPossible) as problem:
        act()
    return problem.value.code


def held(county: County, on: date = TODAY) -> Held:
    """A ceremony that was held."""
    return Held(on, (county.actor("inspector").id,), "在政务服务大厅举行，监察人员到场。")


def opened(county: County, seal: UUID, what: str, by: Actor) -> None:
    """Somebody opens a ceremony."""
    register.open_ceremony(seal, what, held(county), by, uuid4(), clock.now())


@pytest.mark.requirement("M168")
def test_a_new_seal_takes_the_place_of_the_old_one_by_two_ceremonies_of_two_people(county: County) -> None:
    keeper, second = county.actor("seal_keeper"), county.actor("head_of_agency")
    new = register.register(Given(NEW.agency, NEW.use, NEW.title, NEW.code, (keeper.id,)), keeper, uuid4(), clock.now())
    old = seal_of(ONE_SEAL)
    assert (new.state, old.state) == ("registered", "active")
    assert no(lambda: opened(county, new.stream, "activate", keeper)) == "other_seal_in_use"

    opened(county, old.stream, "seal_away", keeper)

    def confirm(seal: Seal, role: str) -> None:
        register.confirm_ceremony(seal.stream, county.actor(role), uuid4(), clock.now())

    assert no(lambda: opened(county, old.stream, "seal_away", keeper)) == "ceremony_waits"
    assert no(lambda: confirm(old, "seal_keeper")) == "two_people_needed"
    assert no(lambda: confirm(old, "clerk")) == "needs_one_of"
    assert no(lambda: confirm(old, "other_seal_keeper")) == "not_your_agency"
    assert seal_of(ONE_SEAL).state == "active", "it is in use until the second person has confirmed"
    confirm(old, "head_of_agency")
    assert (seal_of(ONE_SEAL).state, seal_of(ONE_SEAL).sealed_away_on) == ("sealed_away", TODAY)
    assert no(lambda: opened(county, old.stream, "activate", keeper)) == "seal_gone"
    assert no(lambda: confirm(old, "head_of_agency")) == "no_ceremony"

    opened(county, new.stream, "activate", keeper)
    confirm(new, "inspector")

    row = seal_of(NEW.code)
    assert (row.state, row.activated_on) == ("active", TODAY)
    assert custody.keys().has(NEW.code)
    ceremony = Ceremony.objects.get(seal=old, kind="seal_away")
    assert (ceremony.by, ceremony.second) == (keeper.id, second.id)
    assert ceremony.present == sorted({keeper.id, county.actor("inspector").id})
    assert sealing.opened(old.stream, ceremony.ref) == "在政务服务大厅举行，监察人员到场。"
    assert "大厅" not in "".join(each.body.decode() for each in read.entries(old.stream)), "what was written is sealed"


def test_a_ceremony_can_be_taken_back_before_it_is_confirmed_and_names_people_of_the_staff(county: County) -> None:
    seal, keeper = seal_of(ONE_SEAL), county.actor("seal_keeper")
    opened(county, seal.stream, "seal_away", keeper)
    register.drop_ceremony(seal.stream, keeper, uuid4(), clock.now())

    assert seal_of(ONE_SEAL).ceremony == ""
    assert not Ceremony.objects.filter(seal=seal, kind="seal_away").exists()
    for wrong in (
        Held(date(2026, 3, 3), (), "明天"),
        Held(TODAY, ("nobody-known",), "生人"),
        Held(TODAY, (), " "),
    ):
        with pytest.raises(BadInput):
            register.open_ceremony(seal.stream, "seal_away", wrong, keeper, uuid4(), clock.now())
    assert no(lambda: opened(county, seal.stream, "seal_away", county.actor("other_seal_keeper"))) == "not_the_keeper"
    assert no(lambda: opened(county, uuid4(), "seal_away", keeper)) == "no_such_seal"


def test_a_seal_is_taken_in_by_a_keeper_of_its_agency_under_a_code_of_its_own(county: County) -> None:
    keeper = county.actor("seal_keeper")

    def take(role: str, **other: str) -> None:
        given = {"agency": NEW.agency, "use": NEW.use, "title": NEW.title, "code": NEW.code, **other}
        register.register(Given(**given, keepers=(keeper.id,)), county.actor(role), uuid4(), clock.now())

    assert no(lambda: take("decider")) == "needs_seal_keeper"
    assert no(lambda: take("other_seal_keeper")) == "not_your_agency"
    assert no(lambda: take("seal_keeper", code=ONE_SEAL)) == "seal_code_taken"
    for field in ({"code": "12"}, {"use": "private"}, {"title": ""}):
        with pytest.raises(BadInput):
            take("seal_keeper", **field)
    command = uuid4()
    given = Given(NEW.agency, NEW.use, NEW.title, NEW.code, (keeper.id,))
    first = register.register(given, keeper, command, clock.now())
    assert register.register(given, keeper, command, clock.now()) == first
    assert len(read.entries(first.stream)) == 1


def test_the_head_of_the_agency_says_who_keeps_a_seal(county: County) -> None:
    seal, head, second = seal_of(ONE_SEAL), county.actor("head_of_agency"), county.actor("second_seal_keeper").id

    assert no(lambda: register.change_keepers(seal.stream, [second], county.actor("seal_keeper"), uuid4(), clock.now()))
    with pytest.raises(BadInput):
        register.change_keepers(seal.stream, [county.actor("clerk").id], head, uuid4(), clock.now())
    register.change_keepers(seal.stream, [second], head, uuid4(), clock.now())

    assert seal_of(ONE_SEAL).keepers == [second]


@pytest.mark.requirement("M168")
def test_the_rulebook_founds_each_countys_seals_with_their_days(county: County) -> None:
    assert (seal_of(OLD).state, seal_of(OLD).sealed_away_on) == ("sealed_away", date(2024, 1, 2))
    bureau = Seal.objects.filter(region="999921", use="approval", state="active", agency="approval-bureau")
    assert [each.code for each in bureau] == [ONE_SEAL]
    departments = Seal.objects.filter(region="999922", state="active").values_list("agency", flat=True)
    assert set(departments) == {"yx-market-regulation", "yx-health"}
    allowed = set(Authority.objects.filter(seal__code=LICENSING, withdrawn_at=None).values_list("kind", flat=True))
    assert allowed == set(policy.kinds(TODAY, policy.TEMPLATE))
    assert [each.kind for each in read.entries(seal_of(OLD).stream)] == [
        "registered",
        "ceremony_opened",
        "activated",
        "ceremony_opened",
        "sealed_away",
    ]


def test_the_policy_names_only_papers_there_are_and_begins_on_a_day() -> None:
    plain = yaml.safe_load((Path(settings.RULEBOOK) / "seals" / "policy.yaml").read_text(encoding="utf-8"))

    assert policy.rule("decision_to_grant", date(2023, 12, 31)) is None
    rule = policy.rule("decision_to_grant", TODAY)
    assert rule is not None
    assert (rule.use, rule.act, rule.agency) == ("approval", "keeper", "deciding")
    named = {kind for block in plain for kind in block["kinds"]}
    assert named <= set(kinds.rules().words)
    assert {"collection_receipt", "decision_to_decline", "decision_to_terminate"} <= named & set(DOCUMENTS.values())
