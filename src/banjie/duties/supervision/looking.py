"""Who looks at people's data as often as a day allows, is told to the supervision office: a suspicion, never a card."""

from datetime import date

from banjie.duties.supervision import cards
from banjie.duties.supervision.findings import Evidence, Finding
from banjie.records.parties.seeing import QUOTA_KIND
from banjie.store.log import read
from banjie.store.log.read import LogEntry

RULE = "look_quota_used_up"


class Looking:
    """The follower of the feed: a quota that was used up becomes a finding about whoever looked."""

    name = "looking"
    kinds = frozenset({QUOTA_KIND})

    def handle(self, entry: LogEntry) -> None:
        """A repeat fires nothing: the finding is known by its fact."""
        if entry.kind != "used_up":
            return
        body = read.plain(entry)
        evidence = Evidence("looks_used_up", {"quota": body["quota"]}, entry.position, entry.stream)
        on = date.fromisoformat(body["on"])
        cards.fire(Finding(RULE, None, "", body["unit"] or "", body["by"], on, (evidence,)), may_issue=False)
