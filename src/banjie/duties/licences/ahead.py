"""What the log already says of a licence and the register has not entered yet: between a service and the follower."""

from copy import copy

from banjie.duties.licences import follow, recording
from banjie.duties.licences.models import Licence
from banjie.engine import events as e
from banjie.store.log import read
from banjie.store.log.follow import unread


def as_the_log_has_it(row: Licence) -> Licence:
    """The licence as it will be once the register has read on: ended, suspended or restored by what was served since.

    One statement, and none of it is stored: for whoever asks what a licence is worth at this very moment.
    """
    rows = recording.Rows(row.stream, row)
    for entry in unread(follow.Licences.name, (follow.ENDED, follow.RESTORED)):
        fact = e.decode(entry.kind, read.plain(entry))
        if not isinstance(fact, e.LicenceEnded | e.LicenceRestored):
            continue
        if recording.stream_of(fact.licence, fact.number) != row.stream:
            continue
        body = {"at": entry.at, "effective_on": fact.effective_on.isoformat()}
        kind = "restored"
        if isinstance(fact, e.LicenceEnded):
            kind, body["until"] = recording.ENDS[fact.act], fact.until.isoformat() if fact.until else None
        rows.licence = copy(rows.licence)
        recording.apply(rows, kind, body)
    assert rows.licence is not None
    return rows.licence
