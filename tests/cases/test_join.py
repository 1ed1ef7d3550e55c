"""Parallel branches join: whoever is last brings it about, exactly once, also when two are last at the same instant."""

import os
import threading
from uuid import UUID

import pytest

from banjie.cases.handle import handle, kept
from banjie.engine import commands as c
from banjie.engine import events as e
from banjie.web import metrics
from tests.cases.house import House
from tests.cast import envelope
from tests.databases import in_threads

pytestmark = pytest.mark.database

FORGETFUL = 3
"""Every third pair finds no copy of the case in the process, as in two processes that never saw it."""


@pytest.mark.requirement("M125")
@pytest.mark.slow
def test_two_officers_who_finish_at_the_same_instant_join_exactly_once(house: House):
    cases = 2_000 if "BANJIE_SOAK" in os.environ else 200 if is_postgresql() else 40
    streams = [house.assigned() for _ in range(cases)]
    together = threading.Barrier(2)
    refused: list[str] = []
    decided_again = retries()

    def officer(slug: str) -> None:
        by = house.cast.officers(slug)[0]
        for number, stream in enumerate(streams):
            together.wait()
            if number % FORGETFUL == 0:
                kept.forget()
            try:
                handle(stream, c.FinishStep(**envelope(by), step=slug, outcome="passed"))
            except Exception as problem:
                refused.append(f"{stream} {slug}: {problem!r}")

    in_threads(lambda: officer("document_review"), lambda: officer("site_survey"))

    assert refused == []
    assert [stuck for stream in streams if (stuck := not_joined_once(house, stream))] == []
    if is_postgresql():
        assert retries() > decided_again, "the two never met: this test would see no lost join"


@pytest.mark.requirement("M125")
def test_the_case_waits_for_all_its_branches(house: House):
    stream = house.assigned()

    house.finish(stream, "site_survey")
    waiting = set(house.tasks(stream)), house.kinds(stream)[-1]
    house.finish(stream, "document_review")

    assert waiting == ({"document_review"}, "step_finished")
    assert house.kinds(stream)[-3:] == ["step_finished", "joined", "examined"]
    joined = house.facts(stream)[-2]
    assert isinstance(joined, e.Joined)
    assert (joined.branches, joined.opens) == (("document_review", "site_survey"), "decision")


@pytest.mark.requirement("M125")
def test_branches_of_several_departments_run_at_the_same_time(house: House):
    stream = house.assigned()

    tasks = house.tasks(stream)

    assert {(slug, task.unit) for slug, task in tasks.items()} == {
        ("document_review", "licensing"),
        ("site_survey", "site-survey"),
    }
    assert len({task.opened_on for task in tasks.values()}) == 1


def test_of_two_ways_to_finish_one_branch_one_is_told(house: House):
    stream = house.assigned()
    pair = house.cast.officers("site_survey")

    def finish(by: c.Actor) -> str:
        try:
            house.do(stream, c.FinishStep, by, step="site_survey", outcome="passed")
        except Exception as no:
            return str(getattr(no, "code", no))
        return "done"

    told = in_threads(*[lambda by=by: finish(by) for by in pair])

    assert sorted(told) == ["done", "step_finished"]
    assert house.kinds(stream).count("step_finished") == 1


def test_a_crowd_on_one_case_loses_nothing(house: House):
    stream = house.assigned()
    applicant = house.cast.applicant

    def state(number: int) -> None:
        house.do(stream, c.MakeStatement, applicant, text=c.Personal(f"陈述 {number}"))

    in_threads(*[lambda n=n: state(n) for n in range(4)])

    assert house.kinds(stream).count("statement_made") == 4


def not_joined_once(house: House, stream: UUID) -> str:
    """What is wrong with how this case joined, or ""."""
    kinds = house.kinds(stream)
    right = (kinds.count("step_finished"), kinds.count("joined"), kinds.count("examined")) == (2, 1, 1)
    return "" if right and set(house.tasks(stream)) == {"decision"} else f"{stream}: {kinds[4:]}"


def retries() -> float:
    """How often the door has decided again because somebody else acted first."""
    return metrics.registry.get_sample_value("banjie_door_retries_total") or 0.0


def is_postgresql() -> bool:
    return os.environ["BANJIE_DATABASE_URL"].startswith("postgres")
