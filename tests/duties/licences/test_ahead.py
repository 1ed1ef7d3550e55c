"""Nobody is told that a licence is valid once its end was served, however far the register has read."""

import pytest

from banjie.duties.licences.ahead import as_the_log_has_it
from banjie.duties.licences.follow import ENDED, Licences
from banjie.duties.licences.models import Licence
from banjie.duties.licences.standing import Standing, since
from banjie.engine.codec import microseconds
from banjie.store.log import follow, sequence
from banjie.store.log.models import Parked
from banjie.store.log.read import LogEntry
from banjie.web import clock
from tests.county import County, county
from tests.faces.desk.test_ex_officio import DAY, licensed, opened
from tests.faces.desk.test_ex_officio import follow as followed
from tests.faces.pages import press, text_of

__all__ = ["county"]
pytestmark = pytest.mark.database


class Stumbling(Licences):
    """The register on a day on which it can enter nothing."""

    def handle(self, entry: LogEntry) -> None:
        raise ValueError(entry.kind)


def test_a_licence_whose_end_was_served_is_never_called_valid_though_the_register_has_not_entered_it(
    county: County,
) -> None:
    _, row = licensed(county)
    address, check = f"/desk/cases/{opened(county, row)}/", f"/verify/?number={row.number}"
    people = [f"{county.actor(each).id}@site-survey" for each in ("surveyor", "second_surveyor")]
    press(county.client("survey_head"), address, "assign/investigation", people=people)
    press(county.client("surveyor"), address, "finish_step/investigation", outcome="confirmed")
    press(county.client("officer"), address, "tell_intent", text="拟撤销，理由如前")
    county.move_to(county.view_time() + 8 * DAY)
    press(county.client("decider"), address, "decide_end", reasons="不符合法定条件")
    followed(county)
    visitor = county.client()
    assert "真实，有效" in text_of(visitor.get(check)), "decided, and not served: it takes effect when it is"
    assert Licence.objects.kept().filter(stream=row.stream).get().ends == []

    press(county.client("licence_clerk"), address, "serve", method="in_person")

    def told() -> Standing:
        stored = Licence.objects.kept().get(stream=row.stream)
        assert stored.ends == [], "the register has not entered it"
        assert visitor.get(check).context["verdict"].is_good is False
        assert "真实，撤销" in text_of(visitor.get(check))
        return since(as_the_log_has_it(stored), clock.today()).state

    assert told() is Standing.REVOKED, "it is not in the feed yet"
    sequence.sequence()
    assert told() is Standing.REVOKED, "the follower has not read it yet"
    (entry,) = follow.unread("licences", [ENDED])
    follow.run([Stumbling()], now=microseconds(clock.now()))
    assert Parked.objects.filter(follower="licences", stream=entry.stream).exists()
    assert told() is Standing.REVOKED, "the follower could not enter it"
    Parked.objects.update(retry_at=0)
    followed(county)

    stored = Licence.objects.kept().get(stream=row.stream)
    assert [each[0] for each in stored.ends] == ["revoked"]
    assert follow.unread("licences", [ENDED]) == []
    assert as_the_log_has_it(stored).ends == stored.ends
