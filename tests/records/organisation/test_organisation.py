"""Who somebody is, today: from the organisation as it is loaded from the rulebook."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from banjie.engine.events import ActorKind, Person
from banjie.records.accounts.models import Kind, User
from banjie.records.organisation import load, queries
from banjie.records.organisation.models import Agency, Delegation, Region, Staff, Unit, Window, WindowType
from banjie.records.organisation.rulebook import BadRulebook, organisation, region_profile

TODAY = date(2026, 3, 2)


def user(name: str) -> User:
    return User.objects.get(username=name)


@pytest.mark.database
def test_loading_twice_changes_nothing(organised, demo_organisation):
    tables = (Region, Agency, Unit, Staff, Delegation, User)
    before = [list(table.objects.order_by("pk").values()) for table in tables]

    again = load.load(demo_organisation)

    assert again.new_accounts == 0
    assert [list(table.objects.order_by("pk").values()) for table in tables] == before
    assert again.staff == len(demo_organisation.staff) >= 16


@pytest.mark.database
def test_staff_act_in_their_unit_and_posts(organised):
    xujing = user("xujing")

    actor = queries.actor_of(xujing, TODAY)

    assert actor is not None
    assert (actor.id, actor.kind) == (xujing.pseudonym, ActorKind.STAFF)
    assert actor.posts == {"clerk", "decider"}
    assert (actor.unit, actor.agency) == ("hall-window", "approval-bureau")


@pytest.mark.database
def test_an_applicant_acts_by_pseudonym_alone_and_a_stranger_not_at_all(organised):
    applicant = User.objects.create_user("shanju")
    operator = User.objects.create_user("root", kind=Kind.OPERATOR)
    gone = User.objects.create_user("gone", is_active=False)

    actor = queries.actor_of(applicant, TODAY)

    assert actor is not None
    assert (actor.id, actor.kind, actor.posts, actor.unit) == (
        applicant.pseudonym,
        ActorKind.APPLICANT,
        frozenset(),
        "",
    )
    assert queries.actor_of(operator, TODAY) is None
    assert queries.actor_of(gone, TODAY) is None


@pytest.mark.database
def test_a_post_is_held_from_its_first_day_to_its_last(organised):
    Staff.objects.filter(user__username="zhouning").update(since=date(2026, 3, 2), until=date(2026, 3, 6))
    zhouning = user("zhouning")

    assert queries.actor_of(zhouning, date(2026, 3, 1)) is None
    assert queries.actor_of(zhouning, date(2026, 3, 2)) is not None
    assert queries.actor_of(zhouning, date(2026, 3, 6)) is not None
    assert queries.actor_of(zhouning, date(2026, 3, 7)) is None
    assert [each.user.username for each in queries.staff_of_unit("hall-window", "clerk", date(2026, 3, 7))] == [
        "shenyi",
        "xujing",
    ]


@pytest.mark.database
def test_who_stands_in_acts_in_the_others_name_only_while_named(organised):
    leaver, joiner = user("chenyu"), user("heming")

    standing_in = queries.actor_of(joiner, date(2026, 8, 3), on_behalf_of=leaver.pseudonym)

    assert standing_in is not None
    assert (standing_in.id, standing_in.on_behalf_of) == (joiner.pseudonym, leaver.pseudonym)
    assert queries.actor_of(joiner, date(2026, 8, 17), on_behalf_of=leaver.pseudonym) is None
    assert queries.actor_of(leaver, date(2026, 8, 3), on_behalf_of=joiner.pseudonym) is None


@pytest.mark.database
def test_two_ways_of_asking_who_is_in_office_never_disagree(installed):
    """`in_office` asks by the model, `_held` by hand for every request: over places of every shape, on every day."""
    random = Random(20260302)
    days = [date(2026, 3, 1) + timedelta(days=each) for each in range(9)]
    shapes = [(since, until) for since in days for until in (None, *days) if until is None or until >= since]
    region = Region.objects.create(code="999999", name="某县")
    agency = Agency.objects.create(id="agency", region=region, name="某局", credit_code="11999999000000000X")
    units = [Unit.objects.create(id=f"unit-{each}", agency=agency, name=f"{each}股") for each in range(3)]
    users = User.objects.bulk_create(
        User(username=f"staff{each:03d}", kind=Kind.STAFF, is_active=bool(each % 5)) for each in range(2 * len(shapes))
    )
    random.shuffle(users)
    Staff.objects.bulk_create(
        Staff(
            user=user,
            unit=random.choice(units),
            posts=random.sample(["clerk", "officer", "decider"], random.randrange(4)),
            since=since,
            until=until,
        )
        for user, (since, until) in zip(users, [*shapes, *shapes], strict=True)
    )
    asked = {user.pk for user in random.sample(users, 40)} | {user.pk for user in users[: len(shapes)]}

    for day in days:
        by_model = {each.user_id: (each.posts, each.unit_id, "agency") for each in queries.in_office(day)}
        assert {pk: held for pk in asked if (held := queries._held(pk, day))} == {
            pk: held for pk, held in by_model.items() if pk in asked
        }
        assert 0 < len(by_model) < len(users)


@pytest.mark.database
def test_only_staff_have_a_name(organised):
    applicant = User.objects.create_user("shanju")
    pseudonym = user("zhouning").pseudonym

    assert queries.display_name(pseudonym) == "周宁"
    assert queries.display_name(pseudonym, "en") == "Zhou Ning"
    assert queries.display_name(applicant.pseudonym) is None
    assert queries.display_name("p-nobody") is None
    assert queries.person(pseudonym) == Person(pseudonym, "hall-window")
    with pytest.raises(LookupError):
        queries.person(applicant.pseudonym)


@pytest.mark.database
def test_a_new_name_is_shown_at_once(organised, demo_organisation):
    pseudonym = user("zhouning").pseudonym
    queries.display_name(pseudonym)
    staff = [replace(each, name="周凝") if each.username == "zhouning" else each for each in demo_organisation.staff]

    load.load(replace(demo_organisation, staff=tuple(staff)))

    assert queries.display_name(pseudonym) == "周凝"
    assert user("zhouning").pseudonym == pseudonym


@pytest.mark.database
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"posts": ("emperor",)}, "emperor"),
        ({"unit": "nowhere"}, "nowhere"),
        ({"username": "xujing"}, "twice"),
    ],
)
def test_a_file_that_cannot_be_right_changes_nothing(installed, demo_organisation, change, says):
    first, *rest = demo_organisation.staff

    with pytest.raises(BadRulebook, match=says):
        load.load(replace(demo_organisation, staff=(replace(first, **change), *rest)))
    assert not User.objects.exists()


@pytest.mark.database
def test_a_credit_code_with_a_wrong_check_digit_is_refused(installed, demo_organisation):
    first, *rest = demo_organisation.agencies
    wrong = first.credit_code[:-1] + ("0" if first.credit_code[-1] != "0" else "1")

    with pytest.raises(BadRulebook, match="check digit"):
        load.load(replace(demo_organisation, agencies=(replace(first, credit_code=wrong), *rest)))


def test_the_demo_county_has_somebody_in_every_post_a_case_needs(demo_organisation):
    posts = {post for each in demo_organisation.staff for post in each.posts}

    assert posts >= {
        *("clerk", "agent", "officer", "section_head", "decider", "head_of_agency", "head_of_government"),
        *("licence_clerk", "hearing_host", "supervisor", "catalogue_keeper", "calendar_keeper", "data_steward"),
    }


def test_the_demo_county_has_a_profile_and_an_unknown_region_none():
    assert region_profile("999921").name == "云岭县"
    with pytest.raises(LookupError, match="999999"):
        region_profile("999999")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("regions: []\nagencies: []\nstaf: []\n", "staf"),
        ("regions: []\n", "agencies"),
        ("regions: []\nregions: []\nagencies: []\n", "twice"),
        ("regions: [\n", "demo.yaml"),
        ("regions: !!python/object/apply:os.getcwd []\n", "demo.yaml"),
    ],
)
def test_a_fault_in_a_file_is_named_with_file_and_key(tmp_path, text, says):
    path = tmp_path / "demo.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(BadRulebook, match=says) as fault:
        organisation(path)
    assert "demo.yaml" in str(fault.value)


@pytest.mark.requirement("M085")
@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"unit": "no-such-unit"}, "no unit no-such-unit"),
        ({"type": "no-such-type"}, "no type no-such-type"),
        ({"regions": ("000000",)}, "no region"),
    ],
)
@pytest.mark.database
def test_a_window_that_cannot_be_is_refused_with_its_name(database, demo_organisation, change, told):
    first, *others = demo_organisation.windows
    wrong = replace(demo_organisation, windows=(replace(first, **change), *others))

    with pytest.raises(BadRulebook, match=f"windows: {first.id}: {told}"):
        load.load(wrong)


@pytest.mark.requirement("M085")
@pytest.mark.database
def test_the_demo_shows_six_types_of_windows(organised):
    assert len({each.type_id for each in Window.objects.all()}) == WindowType.objects.count() == 6
