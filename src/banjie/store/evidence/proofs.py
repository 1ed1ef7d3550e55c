"""What a citizen takes away: a fact, its way through the tree, and a checkpoint that others have signed.

One small JSON file. Whoever has it recomputes the fact's hash from the very bytes, climbs with the siblings to the
root, and finds that root in a checkpoint under the signatures of this log and of its witnesses. No platform is asked.
Personal data stand in it as salted commitments; to those who hold the salt (`opened`) they prove the value as well.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from banjie.store.evidence import checkpoints, merkle, note, tree
from banjie.store.evidence.checkpoints import Checkpoint
from banjie.store.evidence.standing import may_seal as may_seal
from banjie.store.log import chain, read
from banjie.store.log.models import Entry, Feed
from banjie.store.log.read import LogEntry

FORMAT = "banjie-proof/1"
newest = checkpoints.newest
"""What papers and receipts print at their foot: `newest().short`, None before the first checkpoint."""


class NotYet(LookupError):
    """The fact is recorded, and the next checkpoint will cover it: ask again in a minute."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One fact in the tree of a checkpoint."""

    entry: LogEntry
    index: int
    path: tuple[bytes, ...]
    checkpoint: Checkpoint

    def holds(self) -> bool:
        """Whether the fact's own bytes lead to the root of the checkpoint."""
        recorded = hashed(self.entry)
        size, root = self.checkpoint.size, self.checkpoint.root
        return recorded == self.entry.hash and merkle.verify_inclusion(
            merkle.leaf(recorded), self.index, size, self.path, root
        )


def proof_of(stream: UUID, position: int) -> Proof:
    """The proof of one fact. LookupError where there is none; NotYet where no checkpoint covers it yet."""
    (found,) = proofs_of(stream, [position])
    return found


def proofs_of(stream: UUID, positions: Iterable[int]) -> list[Proof]:
    """The proofs of several facts of one stream, all under one checkpoint. As `proof_of`."""
    wanted = list(positions)
    rows = Entry.objects.filter(stream=stream, position__in=wanted).order_by("position")
    entries = [read.entry(row) for row in rows.values_list(*LogEntry._fields)]
    numbers = dict(Feed.objects.filter(stream=stream, position__in=wanted).values_list("position", "no"))
    if len(entries) != len(wanted):
        raise LookupError(f"stream {stream} has no such fact")
    if len(numbers) != len(wanted):
        raise NotYet(f"stream {stream}: a fact is not in the feed yet")
    under = checkpoints.covering(max(numbers.values(), default=0))
    if under is None:
        raise NotYet(f"stream {stream}: no checkpoint covers it yet")
    stored = tree.stored()
    return [
        Proof(each, numbers[each.position] - 1, tuple(stored.inclusion(numbers[each.position] - 1, under.size)), under)
        for each in entries
    ]


def hashed(entry: LogEntry) -> bytes:
    """The hash of a fact, from its columns."""
    return chain.link(entry.alg, entry.prev, header(entry), entry.body)


def header(entry: LogEntry) -> chain.Header:
    """What the chain hashes beside the body."""
    return (
        *(entry.stream.hex, entry.position, entry.stream_kind, entry.kind, entry.at, entry.recorded_at, entry.actor),
        *(entry.assertion, entry.command_id.hex, entry.nth, entry.installation),
    )


def document(
    proofs: list[Proof], witnesses: Iterable[note.Key] = (), opened: Iterable[dict[str, str]] = (), **told: str
) -> dict[str, Any]:
    """The file: facts under one checkpoint. `told` (a number, a title) is said beside and not proved.

    `witnesses`: the keys with which the cosignatures can be checked. `opened`: {ref, salt, value} of personal data.
    """
    (under,) = {each.checkpoint.no: each.checkpoint for each in proofs}.values()
    return {
        "format": FORMAT,
        **told,
        "checkpoint": str(under.signed),
        "keys": [str(key) for key, _ in checkpoints.every_key()] + [str(each) for each in witnesses],
        "facts": [
            {
                "index": each.index,
                "header": list(header(each.entry)),
                "alg": each.entry.alg,
                "prev": each.entry.prev.hex(),
                "body": each.entry.body.decode(),
                "path": [base64.b64encode(sibling).decode() for sibling in each.path],
            }
            for each in proofs
        ],
        "opened": list(opened),
    }
