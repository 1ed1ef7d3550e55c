"""The door of bundles: one registration, a case for each agency, one limit; whatever breaks off, nothing is lost."""

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID, uuid4

import pytest

from banjie.cases import bundles, queries
from banjie.cases.handle import handle, kept
from banjie.cases.models import Bundle, BundlePart, Registration
from banjie.cases.scope import Scope
from banjie.config.followers import FOLLOWERS
from banjie.engine import bundle as b
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.engine.clocks import clock, legal_clock
from banjie.engine.codec import microseconds
from banjie.engine.law import Clock, Forwarding
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.store.keys.models import Personal
from banjie.store.log import follow, read, sequence
from tests.cases.house import House, instant
from tests.cast import Cast, application, envelope, staff, whole_life
from tests.databases import in_threads
from tests.engine.office import LAW
from tests.engine.story import with_procedure

pytestmark = pytest.mark.database

MATTER = "catering-with-lodging-yunxi"
ITEMS = {"food": "food-business-new-yunxi", "hygiene": "public-place-hygiene-yunxi"}
MAYOR = staff("p-mayor", "yx-county-office", "yx-government", "head_of_government")


class Died(BaseException):
    """The process is gone."""


@dataclass
class Joint:
    """A house with the two items of a joint matter, each with its own cast."""

    house: House
    casts: dict[str, Cast]

    @classmethod
    def of(cls, house: House) -> "Joint":
        casts = {}
        for role, item in ITEMS.items():
            house.publish(item)
            casts[role] = house.cast
        return cls(house, casts)

    def asked(self, by: c.Actor | None = None, **changes: object) -> bundles.Register:
        """Both parts, complete."""
        by = by or self.casts["food"].applicant
        whole = {role: application(cast.procedure, by, self.house.now) for role, cast in self.casts.items()}
        parts = {
            role: bundles.PartAsked(answers=each.answers.value, provided=each.provided) for role, each in whole.items()
        }
        first = whole["food"]
        asked = bundles.Register(
            at=self.house.now,
            by=by,
            matter=MATTER,
            applicant=first.applicant.value,
            parts=parts,
            channel=first.channel,
            party=first.party,
        )
        return replace(asked, **changes)  # type: ignore[arg-type]

    def registered(self, key: str = "") -> UUID:
        """A bundle whose parts are cases."""
        return bundles.register(self.asked(), key or uuid4().hex)

    def accepted(self) -> UUID:
        """A bundle whose parts are accepted, each at its own window."""
        stream = self.registered()
        for cast in self.casts.values():
            bundles.accept(stream, cast.clerk, self.house.now, uuid4())
        return stream

    def view(self, stream: UUID) -> bundles.BundleView:
        return bundles.view(stream, self.house.now)

    def case(self, stream: UUID, role: str) -> UUID:
        return UUID(self.view(stream).state.noted[role].case)

    def on(self, day: str, clock_: str = "10:00") -> None:
        self.house.at = instant(day, clock_)

    def until(self, stream: UUID, role: str, last: str) -> None:
        """One agency goes along its main line up to an act."""
        case, cast = self.case(stream, role), self.casts[role]
        for what, make in whole_life(cast):
            if what != "accept":
                command = make(self.house.version(case))
                handle(case, replace(command, at=self.house.now))
            if what == last:
                return

    def extend(self, stream: UUID, by: c.Actor = MAYOR) -> b.Bundle:
        return bundles.extend(stream, "两个部门都要补充核查", by, self.house.now, uuid4())


@pytest.fixture
def joint(demo: House) -> Joint:
    """The two items, on Monday 3 August 2026."""
    demo.at = instant("2026-08-03", "09:00")
    return Joint.of(demo)


def refused(what: str, call: object, *args: object) -> None:
    with pytest.raises(NotPossible) as no:
        call(*args)  # type: ignore[operator]
    assert no.value.code == what


@pytest.mark.requirement("M116")
def test_one_registration_opens_a_case_for_each_agency_with_its_own_number(joint: Joint) -> None:
    stream = joint.registered()

    view = joint.view(stream)
    assert {each.role: each.agency for each in view.state.parts} == {
        "food": "yx-market-regulation",
        "hygiene": "yx-health",
    }
    noted = view.state.noted
    assert len({each.number for each in noted.values()}) == 2
    for role, each in noted.items():
        state = joint.house.state(UUID(each.case))
        assert state.part_of == e.PartOf(str(stream), role)
        assert state.procedure == joint.casts[role].procedure.code
        assert state.joint is not None
        assert joint.house.row(UUID(each.case)).part_of == f"{role}:{stream}"
    assert view.state.opened is not None
    assert view.state.opened.contact == joint.casts["food"].procedure.contact, "one contact person"
    assert not Personal.objects.filter(stream=stream).exists(), "each case has its own copy, the bundle keeps none"


def test_the_limit_is_the_bundles_and_the_share_is_each_agencys_own(joint: Joint) -> None:
    stream = joint.accepted()

    view = joint.view(stream)
    assert view.clock is not None
    assert view.clock.due == date(2026, 10, 10)
    assert {role: each.share_due for role, each in view.state.noted.items()} == {
        "food": date(2026, 8, 17),
        "hygiene": date(2026, 8, 31),
    }
    assert joint.house.row(joint.case(stream, "food")).legal_due_on == date(2026, 10, 10)
    assert Bundle.objects.kept().get(stream=stream).due_on == date(2026, 10, 10)
    contacts = {joint.house.state(joint.case(stream, role)).contact for role in ITEMS}
    assert contacts == {joint.casts["food"].procedure.contact}, "one contact person, whoever accepted"
    joint.on("2026-08-18")
    assert [part.unit for part, _ in joint.view(stream).late] == ["yx-market-office"]


def test_the_same_key_gives_the_first_answer_and_another_body_is_refused(joint: Joint) -> None:
    asked = joint.asked()
    first = bundles.register(asked, "form-1", b"this")

    assert bundles.register(asked, "form-1", b"this") == first
    assert Registration.objects.kept().count() == 2
    refused("key_reused_with_other_body", bundles.register, asked, "form-1", b"that")
    assert bundles.register(asked, "form-2", b"this") != first


@pytest.mark.parametrize("lived", [0, 1])
def test_a_crash_after_any_part_leaves_nothing_lost_and_nothing_doubled(
    joint: Joint, monkeypatch: pytest.MonkeyPatch, lived: int
) -> None:
    asked, submit, done = joint.asked(), bundles.handle.submit, []

    def dying(*args: object, **more: object) -> object:
        if len(done) == lived:
            raise Died
        done.append(submit(*args, **more))  # type: ignore[arg-type]
        return done[-1]

    with monkeypatch.context() as crash:
        crash.setattr(bundles.handle, "submit", dying)
        with pytest.raises(Died):
            bundles.register(asked, "form-1")
    assert Registration.objects.kept().count() == lived
    joint.on("2026-08-03", "11:00")

    assert bundles.carry_on(joint.house.now) == 1

    (stream,) = Bundle.objects.kept().values_list("stream", flat=True)
    assert Registration.objects.kept().count() == 2
    noted = joint.view(stream).state.noted
    received = {joint.house.state(UUID(each.case)).received_at for each in noted.values()}
    assert received == {instant("2026-08-03", "09:00")}, "they arrived when the bundle did"
    assert bundles.register(asked, "form-1") == stream
    settled(joint)


def test_everything_wrong_with_any_part_is_said_at_once_and_nothing_is_recorded(joint: Joint) -> None:
    asked = joint.asked()
    food = replace(asked.parts["food"], answers={})
    ghost = e.Provided("application_form", (e.FileRef(str(uuid4()), "x"),))
    hygiene = replace(asked.parts["hygiene"], provided=(ghost,))
    bad = replace(
        asked, parts={"food": food, "hygiene": hygiene, "garden": food}, applicant={**asked.applicant, "name": ""}
    )

    with pytest.raises(BadInput) as told:
        bundles.register(bad, "form-1")

    problems = dict(told.value.problems)
    assert problems["parts.garden"] == "unknown_choice"
    assert problems["parts.food.answers.place_name"] == "needed"
    assert problems["parts.hygiene.provided"] == "unknown_file"
    assert "applicant.name" in problems
    assert not Bundle.objects.kept().exists()
    with pytest.raises(BadInput) as half:
        bundles.register(replace(asked, parts={"food": asked.parts["food"]}), "form-1")
    assert half.value.problems == [("parts.hygiene", "needed")]


def test_a_matter_is_refused_that_nobody_knows_or_that_has_an_item_nobody_publishes(joint: Joint) -> None:
    refused("unknown_matter", bundles.register, joint.asked(matter="no"), "k")
    refused("unknown_matter", bundles.register, joint.asked(at=instant("2025-12-31")), "k")
    refused("unknown_bundle", bundles.view, uuid4(), joint.house.now)
    refused("unknown_bundle", bundles.view, joint.house.submitted(), joint.house.now)


def test_an_item_without_a_limit_of_its_own_or_handed_up_is_handled_by_itself() -> None:
    service = with_procedure(LAW, item_type="20")
    handed_up = with_procedure(LAW, forwarding=Forwarding(preliminary_unit="window", to_unit="licensing"))

    for law in (service, handed_up):
        refused("not_for_joint_handling", bundles.require_fit, law)
    bundles.require_fit(LAW)


def test_the_window_accepts_what_waits_there_all_or_nothing(joint: Joint) -> None:
    stream = joint.registered()

    bundles.accept(stream, joint.casts["food"].clerk, joint.house.now, uuid4())

    noted = joint.view(stream).state.noted
    assert (noted["food"].accepted_on, noted["hygiene"].accepted_on) == (date(2026, 8, 3), None)
    refused("already_accepted", bundles.accept, stream, joint.casts["food"].clerk, joint.house.now, uuid4())
    refused("staff_only", bundles.accept, stream, joint.casts["food"].applicant, joint.house.now, uuid4())


def test_a_part_accepted_later_is_bound_by_the_first_acceptance(joint: Joint) -> None:
    stream = joint.registered()
    bundles.accept(stream, joint.casts["food"].clerk, joint.house.now, uuid4())
    joint.on("2026-08-06")

    bundles.accept(stream, joint.casts["hygiene"].clerk, joint.house.now, uuid4())

    assert joint.house.kinds(joint.case(stream, "hygiene"))[-1] == "joint_limit_carried"
    assert joint.house.row(joint.case(stream, "hygiene")).legal_due_on == date(2026, 10, 10)
    settled(joint)


def test_the_head_of_this_countys_government_extends_for_all_agencies_at_once(joint: Joint) -> None:
    stream = joint.accepted()
    joint.on("2026-10-10", "11:30")
    other = replace(MAYOR, agency="county-government")

    refused("needs_head_of_government", joint.extend, stream, joint.casts["food"].head)
    refused("not_your_unit", joint.extend, stream, other)
    with pytest.raises(BadInput):
        bundles.extend(stream, "  ", MAYOR, joint.house.now, uuid4())
    joint.extend(stream)

    view = joint.view(stream)
    assert view.clock is not None
    assert view.clock.due == date(2026, 10, 30)
    assert view.reasons == "两个部门都要补充核查"
    for role in ITEMS:
        assert joint.house.row(joint.case(stream, role)).legal_due_on == date(2026, 10, 30)
    refused("already_extended", joint.extend, stream)
    case, cast = joint.case(stream, "food"), joint.casts["food"]
    with pytest.raises(NotPossible) as no:
        joint.house.do(case, c.Extend, cast.head, reasons=c.Personal("x"))
    assert no.value.code == "extended_for_all_together"
    settled(joint)


def test_an_extension_is_too_late_on_the_day_after(joint: Joint) -> None:
    stream = joint.accepted()
    joint.on("2026-10-11", "09:00")

    refused("limit_already_over", joint.extend, stream)


def test_an_extension_that_a_crash_kept_from_the_parts_reaches_them_before_time_acts(
    joint: Joint, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = joint.accepted()
    joint.on("2026-10-10", "11:30")
    with monkeypatch.context() as crash:
        crash.setattr(bundles, "_carry", dying)
        with pytest.raises(Died):
            joint.extend(stream)
    joint.on("2026-10-12", "09:00")

    bundles.carry_on(joint.house.now)

    for role in ITEMS:
        state = joint.house.state(joint.case(stream, role))
        assert not state.limit_passed
        assert joint.house.row(joint.case(stream, role)).legal_due_on == date(2026, 10, 30)
    settled(joint)


def dying(*args: object) -> None:
    raise Died


def test_the_bundle_closes_when_the_last_part_is_served_and_hears_it_from_the_feed(joint: Joint) -> None:
    stream = joint.accepted()
    joint.on("2026-08-05")
    joint.until(stream, "food", "serve")
    work(joint)
    assert joint.view(stream).state.closed_on is None
    joint.on("2026-08-07")
    joint.until(stream, "hygiene", "serve")

    work(joint)

    view = joint.view(stream)
    assert view.state.closed_on == date(2026, 8, 7)
    assert {role: each.result for role, each in view.state.noted.items()} == {"food": "granted", "hygiene": "granted"}
    assert Bundle.objects.kept().get(stream=stream).closed_on == date(2026, 8, 7)
    settled(joint)


def test_when_every_part_is_erased_what_was_written_about_them_is_too(joint: Joint) -> None:
    stream = joint.accepted()
    joint.extend(stream)
    joint.on("2026-08-05")
    for role, cast in joint.casts.items():
        joint.until(stream, role, "serve")
        assert joint.view(stream).reasons
        work(joint)
        joint.house.do(joint.case(stream, role), c.Erase, cast.steward, basis="保管期满")

    work(joint)

    assert joint.view(stream).reasons == ""
    assert joint.view(stream).state.closed_on == date(2026, 8, 5)


def test_whoever_may_see_a_part_sees_the_bundle_and_a_stranger_sees_nothing(joint: Joint) -> None:
    stream = joint.accepted()
    cast = joint.casts["hygiene"]

    for who in (cast.applicant, cast.clerk, cast.decider, joint.casts["food"].decider):
        assert bundles.seen(stream, Scope.of(who), joint.house.now).stream == stream
    refused("unknown_bundle", bundles.seen, stream, Scope.of(cast.stranger), joint.house.now)
    assert bundles.bundle_of(joint.case(stream, "food")) == stream
    assert bundles.bundle_of(joint.house.submitted()) is None


def test_the_rows_are_made_again_from_the_log(joint: Joint) -> None:
    streams = [joint.accepted(), joint.registered()]
    columns = [each.name for each in Bundle._meta.fields if each.name not in ("stirred", "settled", "retry_at")]
    before = list(Bundle.objects.kept().order_by("stream").values(*columns)), list(parts())

    assert bundles.rebuild() == len(streams)

    assert (list(Bundle.objects.kept().order_by("stream").values(*columns)), list(parts())) == before
    assert before[0]
    assert before[1]


def test_a_bundle_that_cannot_be_settled_keeps_no_other_waiting(joint: Joint, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, sound = sorted((joint.registered(), joint.registered()))
    settle = bundles.settle

    def breaking(stream: UUID, at: object) -> b.Bundle:
        if stream == broken:
            raise ValueError("broken")
        return settle(stream, at)  # type: ignore[arg-type]

    Bundle.objects.kept().update(settled=0)
    monkeypatch.setattr(bundles, "settle", breaking)

    assert bundles.carry_on(joint.house.now) == 1
    assert bundles.carry_on(joint.house.now) == 0, "and it is not tried again at once"
    waits = Bundle.objects.kept().get(stream=broken)
    assert waits.settled < waits.stirred
    assert waits.retry_at > microseconds(joint.house.now)
    assert Bundle.objects.kept().get(stream=sound).retry_at == 0


@pytest.mark.requirement("M125")
def test_two_departments_that_finish_in_the_same_second_lose_nothing(house: House) -> None:
    joint = Joint.of(house)
    streams = [joint.accepted() for _ in range(20 if "BANJIE_SOAK" in os.environ else 3)]
    last = {}
    for stream in streams:
        for role in ITEMS:
            joint.until(stream, role, "issue")
            last[stream, role] = joint.case(stream, role)
    together, wrong = threading.Barrier(2), []

    def department(role: str) -> None:
        cast = joint.casts[role]
        for stream in streams:
            together.wait()
            try:
                kept.forget()
                handle(last[stream, role], c.Serve(**envelope(cast.server), method="in_person"))
                bundles.settle(stream, house.now)
            except Exception as problem:
                wrong.append(f"{role}: {problem!r}")

    in_threads(lambda: department("food"), lambda: department("hygiene"))

    assert wrong == []
    for stream in streams:
        kinds = [each.kind for each in read.entries(stream)]
        assert kinds.count("bundle_closed") == 1
        assert {each.result for each in joint.view(stream).state.noted.values()} == {"granted"}


def parts() -> Iterator[dict[str, object]]:
    columns = [each.name for each in BundlePart._meta.fields if each.name != "pk"]
    yield from BundlePart.objects.kept().order_by("bundle", "role").values(*columns)


def work(joint: Joint) -> None:
    """What a worker does: sequence the feed, let the followers read, look after bundles."""
    sequence.sequence()
    follow.run([each for each in FOLLOWERS if each.name == "bundles"], now=microseconds(joint.house.now))
    bundles.carry_on(joint.house.now)


def settled(joint: Joint) -> None:
    """Nothing is owed, and a worker that looks again writes nothing."""
    work(joint)
    work(joint)
    before = {stream: len(read.entries(stream)) for stream in Bundle.objects.kept().values_list("stream", flat=True)}
    work(joint)
    assert {stream: len(read.entries(stream)) for stream in before} == before
    for stream in before:
        assert not joint.view(stream).state.owes
        view = joint.view(stream)
        for each in view.state.noted.values():
            case = queries.view(UUID(each.case), joint.house.now)
            running = legal_clock(case.state, case.law)
            if running and not running.ended_on:
                assert (running.start, running.limit) == (view.state.joint_from, view.state.limit)
                assert clock(case.state, case.law, Clock.SHARE) is not None


def test_a_bundle_and_its_parts_are_seen_by_whoever_sees_a_part_and_by_nobody_else(joint):
    stream = joint.accepted()
    food, hygiene = joint.casts["food"], joint.casts["hygiene"]

    def seen(*who: str) -> tuple[int, set[str]]:
        scope = Scope(who)
        found = Bundle.objects.within(scope).filter(stream=stream).count()
        return found, set(BundlePart.objects.within(scope).filter(bundle=stream).values_list("role", flat=True))

    assert seen(food.applicant.id) == (1, {"food", "hygiene"})
    assert seen(food.clerk.unit) == (1, {"food"})
    assert seen(hygiene.clerk.unit) == (1, {"hygiene"})
    assert seen("p-stranger", "") == (0, set())
    assert seen() == (0, set())
