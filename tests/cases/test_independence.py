"""审批独立性: the post that the handbook names takes its decision; others may comment, and overwrite nothing."""

import pytest

from banjie.engine import commands as c
from banjie.engine.not_possible import NotPossible
from banjie.records.catalogue import documents

pytestmark = [pytest.mark.database, pytest.mark.requirement("M044")]


def refused(house, stream, kind, by, **arguments) -> str:
    before = house.version(stream)
    with pytest.raises(NotPossible) as no:
        house.do(stream, kind, by, **arguments)
    assert house.version(stream) == before
    return no.value.code


def test_a_step_is_finished_by_the_post_of_its_handbook_page_and_by_nobody_else(demo):
    stream, cast = demo.assigned(), demo.cast
    review = demo.procedure.steps[0]
    pages = {(each.unit, each.post) for each in demo.procedure.guide.posts}
    survey = cast.officers(demo.procedure.steps[1].slug)[0]

    assert (review.unit, review.post) in pages
    for other in (cast.decider, cast.head, cast.clerk, cast.section_head(review.slug), survey):
        refused(demo, stream, c.FinishStep, other, step=review.slug, outcome="passed")
    demo.finish(stream, review.slug)
    for again in (cast.decider, cast.officers(review.slug)[0]):
        refused(demo, stream, c.FinishStep, again, step=review.slug, outcome="failed")


def test_the_decision_is_taken_by_the_post_of_its_handbook_page_and_stands(demo):
    stream, cast = demo.examined(), demo.cast
    pages = {(each.unit, each.post) for each in demo.procedure.guide.posts}
    officers = [officer for step in demo.procedure.steps for officer in cast.officers(step.slug)]

    assert (demo.procedure.decides, "decider") in pages
    for other in (*officers, cast.clerk, cast.head, cast.licence_clerk):
        refused(demo, stream, c.Decide, other, outcome="grant")
    demo.do(stream, c.Decide, cast.decider, outcome="grant")
    assert refused(demo, stream, c.Decide, cast.decider, outcome="refuse") == "already_decided"


def test_the_handbook_of_a_post_says_what_it_may_not_do(demo):
    pages = documents.handbooks_of(demo.procedure)

    assert len(pages) == len(demo.procedure.guide.posts)
    assert all(page.duties and page.powers and page.liabilities and page.may_not for page in pages)
