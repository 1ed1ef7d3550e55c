"""A draft is judged live, signed by three offices by three people, and published as it was signed."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.guide import Prerequisite, Removal
from banjie.engine.not_possible import NotPossible
from banjie.records import catalogue
from banjie.records.catalogue import drafts, levels, recheck
from banjie.records.catalogue.models import Draft, Finding, ProcedureVersion, SignOff
from tests.cast import SIGNED
from tests.records.conftest import AT

pytestmark = pytest.mark.database

DAY = date(2026, 3, 2)


def actor(name: str, *posts: str) -> c.Actor:
    return c.Actor(name, e.ActorKind.STAFF, frozenset(posts), "platform", "approval-bureau")


KEEPER = actor("p-keeper", "catalogue_keeper")
SIGNERS = {
    "reform_office": actor("p-reform", "catalogue_keeper"),
    "service_centre": actor("p-centre", "centre"),
    "e_government": actor("p-egov", "e_government"),
}


def signed(draft, *offices, at: datetime = AT):
    for office in offices or SIGNERS:
        drafts.sign(draft.id, office, draft.digest, SIGNERS[office], at)


def refused(attempt) -> NotPossible:
    with pytest.raises(NotPossible) as no:
        attempt()
    return no.value


@pytest.mark.requirement("M047")
def test_a_draft_is_published_once_three_offices_have_signed_what_stands_there(food):
    draft = drafts.open_draft(food, KEEPER, AT)
    assert list(drafts.findings(food, DAY)) == []

    no = refused(lambda: drafts.publish(draft.id, draft.digest, KEEPER, AT, uuid4()))
    assert (no.code, no.facts["offices"]) == ("not_signed_off", ["reform_office", "service_centre", "e_government"])
    signed(draft, "reform_office", "service_centre")
    assert refused(lambda: drafts.publish(draft.id, draft.digest, KEEPER, AT, uuid4())).facts["offices"] == [
        "e_government"
    ]
    assert not ProcedureVersion.objects.exists()
    signed(draft, "e_government")

    row = drafts.publish(draft.id, draft.digest, KEEPER, AT, uuid4())

    assert (row.code, row.version) == (food.code, 1)
    assert refused(lambda: drafts.change(draft.id, food, draft.digest, KEEPER, AT)).code == "draft_published"


@pytest.mark.requirement("M047", "M043")
def test_a_change_takes_every_signature_off(food):
    draft = drafts.open_draft(food, KEEPER, AT)
    signed(draft)
    first = food.guide.posts[0]
    handbook = (replace(first, powers=(*first.powers, "另加一项权力")), *food.guide.posts[1:])

    changed = drafts.change(
        draft.id, replace(food, guide=replace(food.guide, posts=handbook)), draft.digest, KEEPER, AT
    )

    assert not SignOff.objects.exists()
    assert refused(lambda: drafts.publish(draft.id, changed.digest, KEEPER, AT, uuid4())).code == "not_signed_off"


def test_nobody_overwrites_what_they_did_not_see(food):
    draft = drafts.open_draft(food, KEEPER, AT)
    changed = drafts.change(draft.id, replace(food, visits=0, summary="新的说明"), draft.digest, KEEPER, AT)

    assert changed.digest != draft.digest
    for attempt in (
        lambda: drafts.change(draft.id, food, draft.digest, KEEPER, AT),
        lambda: drafts.sign(draft.id, "service_centre", draft.digest, SIGNERS["service_centre"], AT),
        lambda: drafts.publish(draft.id, draft.digest, KEEPER, AT, uuid4()),
    ):
        assert refused(attempt).code == "draft_changed"


@pytest.mark.requirement("M047")
def test_each_office_signs_by_somebody_of_its_own_and_nobody_for_two(food):
    draft = drafts.open_draft(food, KEEPER, AT)
    both = actor("p-both", "catalogue_keeper", "centre")

    assert refused(lambda: drafts.sign(draft.id, "e_government", draft.digest, both, AT)).code == "needs_office"
    assert refused(lambda: drafts.sign(draft.id, "kitchen", draft.digest, both, AT)).code == "unknown_office"
    drafts.sign(draft.id, "reform_office", draft.digest, both, AT)
    assert refused(lambda: drafts.sign(draft.id, "service_centre", draft.digest, both, AT)).code == (
        "signed_for_another"
    )


def test_only_the_keeper_writes_drafts(food):
    stranger = actor("p-clerk", "clerk")
    draft = drafts.open_draft(food, KEEPER, AT)

    for attempt in (
        lambda: drafts.open_draft(food, stranger, AT),
        lambda: drafts.change(draft.id, food, draft.digest, stranger, AT),
        lambda: drafts.publish(draft.id, draft.digest, stranger, AT, uuid4()),
    ):
        assert refused(attempt).code == "needs_catalogue_keeper"
    assert refused(lambda: drafts.sign(uuid4(), "service_centre", "x", SIGNERS["service_centre"], AT)).code == (
        "no_such_draft"
    )


def test_a_draft_that_the_gate_refuses_is_not_published_and_says_everything(food):
    broken = replace(food, visits=2, guide=replace(food.guide, flow=""))
    draft = drafts.open_draft(broken, KEEPER, AT)
    signed(draft)

    found = [no.code for no in drafts.findings(broken, DAY)]
    no = refused(lambda: drafts.publish(draft.id, draft.digest, KEEPER, AT, uuid4()))

    assert {"visits_without_reason", "no_flow"} <= set(found)
    assert no.code == found[0]


def test_the_next_version_begins_where_the_last_one_stands_and_takes_effect_on_its_day(food):
    catalogue.publish(food, "p-keeper", AT, uuid4(), SIGNED)

    draft = drafts.next_version(food.code, KEEPER, AT, date(2026, 7, 1))
    signed(draft)
    drafts.publish(draft.id, draft.digest, KEEPER, AT, uuid4())

    assert drafts.procedure_of(draft) == replace(food, version=2, effective_from=date(2026, 7, 1))
    assert catalogue.in_force(food.code, date(2026, 6, 30)).version == 1
    assert catalogue.in_force(food.code, date(2026, 7, 1)).version == 2
    assert refused(lambda: drafts.next_version("x", KEEPER, AT, DAY)).code == "unknown_item"


@pytest.mark.requirement("M028")
def test_a_cancelled_prerequisite_opens_a_task_for_every_item_that_waits_for_it(food):
    base = "000131127000"
    levels.declare(base, 1, "省级目录", {"guide.item_name": "前置"}, by="p", at=AT, command_id=uuid4())
    before = Prerequisite(item=base, name="前置", agency="市场监管局", basis="某法 1", listed=base)
    waits = replace(food, guide=replace(food.guide, prerequisites=(before,)))
    catalogue.publish(waits, "p-keeper", AT, uuid4(), SIGNED)
    assert not Finding.objects.exists()

    levels.cancel_base(base, "国发〔2026〕1号", by="p", at=AT, command_id=uuid4())

    (task,) = Finding.objects.filter(settled_on=None)
    assert (task.code, task.reason, task.facts["item"]) == (food.code, "prerequisite_stale", base)
    assert catalogue.in_force(food.code, DAY).code == food.code  # in force until it is mended
    review = Removal(kind="prerequisite", id=base, reason="国务院已取消", reviewer="县司法局", on=DAY)
    mended = replace(food, version=2, guide=replace(food.guide, removals=(review,)))
    catalogue.publish(mended, "p-keeper", AT + timedelta(days=1), uuid4(), SIGNED)
    assert not Finding.objects.filter(settled_on=None).exists()
    assert recheck.recheck(DAY) == []


def test_a_draft_is_discarded_as_it_was_seen_and_never_once_it_is_published(food):
    draft = drafts.open_draft(food, KEEPER, AT)
    signed(draft, "service_centre")

    assert refused(lambda: drafts.discard(draft.id, "x", KEEPER, AT)).code == "draft_changed"
    assert refused(lambda: drafts.discard(draft.id, draft.digest, SIGNERS["service_centre"], AT)).code == (
        "needs_catalogue_keeper"
    )
    drafts.discard(draft.id, draft.digest, KEEPER, AT)

    assert not Draft.objects.filter(id=draft.id).exists()
    assert not SignOff.objects.exists()
    assert refused(lambda: drafts.discard(draft.id, draft.digest, KEEPER, AT)).code == "no_such_draft"
    other = drafts.open_draft(food, KEEPER, AT)
    signed(other)
    drafts.publish(other.id, other.digest, KEEPER, AT, uuid4())
    assert refused(lambda: drafts.discard(other.id, other.digest, KEEPER, AT)).code == "draft_published"
    assert Draft.objects.filter(id=other.id).exists()


@pytest.mark.parametrize("agency", ["yx-health", "", "no-such-agency"])
def test_nobody_of_another_region_writes_signs_publishes_or_discards(food, agency):
    posts = frozenset({"catalogue_keeper", "centre"})
    stranger = c.Actor("p-other", e.ActorKind.STAFF, posts, "yx-health-office", agency)
    draft = drafts.open_draft(food, KEEPER, AT)
    signed(draft)
    before = draft.digest

    for attempt in (
        lambda: drafts.open_draft(food, stranger, AT),
        lambda: drafts.change(draft.id, replace(food, visits=0), before, stranger, AT),
        lambda: drafts.sign(draft.id, "service_centre", before, stranger, AT),
        lambda: drafts.publish(draft.id, before, stranger, AT, uuid4()),
        lambda: drafts.discard(draft.id, before, stranger, AT),
    ):
        no = refused(attempt)
        assert (no.code, no.facts["region"]) == ("not_your_region", "999921")
    draft.refresh_from_db()
    assert (draft.digest, draft.sign_offs.count(), draft.published_version) == (before, 3, 0)
    assert not ProcedureVersion.objects.exists()


def test_a_draft_cannot_be_carried_into_another_region(food):
    draft = drafts.open_draft(food, KEEPER, AT)

    no = refused(lambda: drafts.change(draft.id, replace(food, region="999922"), draft.digest, KEEPER, AT))

    assert (no.code, no.facts["region"]) == ("not_your_region", "999922")
    draft.refresh_from_db()
    assert draft.region == "999921"
