"""The audit trail follows the feed: who signed in, was given posts, saw particulars, used a seal, took data out."""

from banjie.engine.codec import instant
from banjie.records.accounts.models import TrailLine
from banjie.store.log import read
from banjie.store.log.read import LogEntry

OF_PARTIES = frozenset({"unmasked", "erased"})
ABOUT = ("account", "person", "number", "case", "document", "seal", "paper")


class Trail:
    """The follower of the feed. What it leaves out of other streams is in the log all the same."""

    name = "trail"
    kinds = frozenset({"account", "grant", "looks", "look_quota", "party", "seal", "organisation"})

    def handle(self, entry: LogEntry) -> None:
        """One line a fact; a repeat changes nothing."""
        if entry.stream_kind == "party" and entry.kind not in OF_PARTIES:
            return
        TrailLine.objects.bulk_create([line(entry)], ignore_conflicts=True)


def line(entry: LogEntry) -> TrailLine:
    """The line of a fact."""
    body = read.plain(entry)
    about = next((str(body[name]) for name in ABOUT if body.get(name)), "")
    return TrailLine(
        stream=entry.stream,
        position=entry.position,
        at=instant(entry.at),
        kind=entry.stream_kind[:20],
        event=entry.kind[:40],
        actor=entry.actor[:64],
        about=about[:80],
    )


def rebuild() -> int:
    """Make every line again from the log; how many."""
    TrailLine.objects.all().delete()
    for kind in sorted(Trail.kinds):
        for stream in read.streams(kind):
            for entry in read.entries(stream):
                Trail().handle(entry)
    return TrailLine.objects.count()
