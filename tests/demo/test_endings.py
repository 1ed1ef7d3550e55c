"""One of each end and change of a licence stands in the demo county, told once."""

from datetime import timedelta

import pytest

from banjie.cases.models import Case
from banjie.cases.scope import whole_house
from banjie.demo import endings
from banjie.demo.stories import FOOD, FOOD_NEXT
from banjie.duties.licences.follow import Licences
from banjie.duties.licences.models import Licence
from banjie.duties.licences.standing import on as standing_on
from banjie.engine.codec import microseconds
from banjie.store.log import read, sequence
from banjie.store.log.follow import run
from banjie.web import clock
from tests.county import County, county

__all__ = ["county"]

pytestmark = pytest.mark.database


def test_a_licence_is_changed_reissued_corrected_given_back_renewed_and_ended_by_the_agency_each_told_once(
    county: County,
) -> None:
    now = clock.now()
    teller = endings.County(now).teller
    for item, many in ((FOOD, 7), (FOOD_NEXT, 2)):
        for _ in range(many):
            case = teller.filed(item, teller.at(80)).accepted(teller.at(79)).assigned(teller.at(78))
            case.examined(teller.at(76)).granted(teller.at(75)).issued(teller.at(74)).served(teller.at(73))

    assert endings.tell(now) == len(endings.ENDINGS) == 9
    assert endings.tell(now + timedelta(days=1)) == 0

    sequence.sequence()
    run([Licences()], now=microseconds(now))
    worth = sorted(standing_on(each, clock.today()).value for each in Licence.objects.kept())
    assert worth == ["cancelled", "cancelled", "suspended", *["valid"] * 6]
    assert sorted(each.version for each in Licence.objects.kept()) == [1, 1, 1, 1, 1, 1, 1, 2, 2]
    with whole_house("a test counts"):
        own = [each.stream for each in Case.objects.everything().filter(channel="ex_officio")]
    kinds = {entry.kind for stream in own for entry in read.entries(stream)}
    assert {"intent_told", "statement_made", "statement_answered", "end_decided", "licence_ended"} <= kinds
