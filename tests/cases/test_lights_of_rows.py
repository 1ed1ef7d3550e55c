"""The lights of cases in their rows: the light of a row, the condition of the database and the engine say the same."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from banjie.cases import lights
from banjie.cases.models import Case
from banjie.cases.scope import Scope, whole_house
from banjie.engine.lights import case_light
from tests.cases.house import House, instant

pytestmark = pytest.mark.database


def cases(demo: House) -> None:
    """Cases at every stage."""
    demo.submitted()
    demo.accepted()
    demo.decided()
    demo.closed()


@pytest.mark.requirement("M222", "M223")
def test_row_condition_and_engine_agree_on_every_day(demo: House) -> None:
    cases(demo)
    with whole_house("a test looks"):
        rows = list(Case.objects.everything())
    seen = set()

    for day in (*range(12), 30, 31, 60):
        at = instant("2026-03-02", "15:00") + timedelta(days=day)
        for row in rows:
            told = lights.light(row, at)
            seen.add(told)
            state = demo.state(row.stream)
            assert told == case_light(state, demo.law).light(at.date(), at.timetz().replace(tzinfo=None))
            with whole_house("a test looks"):
                one = Case.objects.everything().filter(stream=row.stream)
                matching = [each for each in lights.LIGHTS if one.filter(lights.is_light(each, at)).exists()]
            assert matching == ([told] if row.watched else [])
    assert {"green", "yellow", "orange", "red", "grey"} <= seen


def test_counts_and_lists_follow_the_light(demo: House) -> None:
    demo.submitted()
    demo.accepted()
    at = instant("2026-06-01")

    red = lights.listed("red", at, [demo.procedure.home])
    counted = lights.counted(at, [demo.procedure.home])

    assert sum(each.cases for each in counted) == 2
    assert sum(each.cases for each in counted if each.light == "red") == len(red)
    assert lights.counted(at, ["another-agency"]) == []
    assert lights.listed("red_plus", at, ["another-agency"]) == []
    assert len(lights.counted(at, scope=Scope(("hall-window",)))) == len(counted)
    assert lights.counted(at, scope=Scope(("p-stranger",))) == []


def test_lists_are_read_from_the_index_and_counts_from_nothing_else(demo: House) -> None:
    demo.submitted()
    with CaptureQueriesContext(connection) as asked:
        lights.counted(demo.now, ["approval-bureau"])
        lights.listed("red", demo.now, ["approval-bureau"])

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            plans = []
            for each in asked.captured_queries:
                cursor.execute("EXPLAIN QUERY PLAN " + each["sql"])
                plans.append(" ".join(str(row) for row in cursor.fetchall()))
        assert "COVERING INDEX case_lights" in plans[0]
        assert "case_lights" in plans[1]
