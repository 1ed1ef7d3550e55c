"""We for others: cosign what follows from what we last saw of a log, and nothing else (C2SP tlog-witness).

A log that shows us a history which does not contain the one it showed before is never cosigned, and both of its signed
checkpoints are kept: they prove what it did, to anybody. Checked and written in one transaction, so that not even two
requests at once get both sides of a split view.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection, transaction

from banjie.store.evidence import merkle, models, note
from banjie.store.keys.keyring import keyring
from banjie.store.log import clock, queries

LONGEST_PROOF = 63
"""Hashes of a consistency proof (C2SP)."""
LARGEST_REQUEST = 32 * 1024

log = structlog.get_logger("banjie.evidence")


class Refused(Exception):
    """We do not cosign. `status` as tlog-witness has it: 400, 403, 404, 409 or 422; `known`: the size we hold (409)."""

    def __init__(self, status: int, why: str, known: int = 0) -> None:
        super().__init__(why)
        self.status = status
        self.known = known


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: the size the log believes we know, the proof from there, and its checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    note: note.Note

    def __str__(self) -> str:
        lines = "".join(f"{base64.b64encode(each).decode()}\n" for each in self.proof)
        return f"old {self.old}\n{lines}\n{self.note}"


def parse(body: str) -> Asked:
    """A request as it arrived; Refused(400) for anything else."""
    above, blank, rest = body.partition("\n\n")
    first, *lines = above.split("\n")
    word, _, size = first.partition(" ")
    try:
        if word != "old" or not blank or not size.isdecimal() or len(size) > 18 or len(lines) > LONGEST_PROOF:
            raise note.Malformed("the request has no such form")
        proof = tuple(base64.b64decode(each, validate=True) for each in lines)
        return Asked(int(size), proof, note.parse(rest))
    except (note.Malformed, binascii.Error, ValueError) as problem:
        raise Refused(400, str(problem)) from None


def logs() -> dict[str, list[note.Key]]:
    """The keys we know of each log whose witness we are, by origin."""
    known: dict[str, list[note.Key]] = {}
    for told in settings.WITNESS_FOR:
        key = note.key(told)
        known.setdefault(key.name, []).append(key)
    return known


def own_key() -> note.Key:
    """The key with which we cosign, to be given to those whose witness we are."""
    return note.public(own_name(), note.WITNESS, _private())


def own_name() -> str:
    """What we are called as a witness."""
    return f"banjie-witness/{queries.installation().id}"


def add(asked: Asked, by: str = "") -> note.Signature:
    """Our cosignature of this checkpoint, or Refused; what was cosigned, and any split view, is on record by then.

    `by`: where the request came from, kept beside a split view.
    """
    head = _known_log(asked)
    with transaction.atomic():
        _one_at_a_time(head.origin)
        newest = models.Witnessed.objects.filter(origin=head.origin).order_by("-size").first()
        refused = _refusal(asked, head, newest)
        if refused is None:
            if newest is None or head.size > newest.size:
                _remember(asked.note, head)
            return note.cosign(asked.note.text, own_name(), _private(), clock.now() // 1_000_000)
    _look_closer(asked.note, head, newest, refused, by)
    raise refused


def _known_log(asked: Asked) -> note.Head:
    """What the checkpoint says, under the signature of a log we know."""
    try:
        head = note.head(asked.note.text)
    except note.Malformed as problem:
        raise Refused(400, str(problem)) from None
    keys = logs().get(head.origin)
    if keys is None:
        raise Refused(404, "nobody here knows this log")
    if not any(asked.note.signed_by(each) for each in keys):
        raise Refused(403, "no key of this log has signed it")
    if asked.old > head.size:
        raise Refused(400, "the old size is above the new one")
    return head


def _refusal(asked: Asked, head: note.Head, newest: models.Witnessed | None) -> Refused | None:
    known, root = (0, merkle.EMPTY) if newest is None else (newest.size, bytes(newest.root))
    if asked.old != known:
        return Refused(409, "another size is known here", known)
    if head.size == known and head.root != root:
        return Refused(409, "another root is known here for this size", known)
    if not merkle.verify_consistency(known, head.size, root, head.root, asked.proof):
        return Refused(422, "the new tree does not contain the one known here", known)
    return None


def _look_closer(told: note.Note, head: note.Head, newest: models.Witnessed | None, refused: Refused, by: str) -> None:
    """Keep what was refused where the log's own signature stands under something that it did not show to follow.

    Whoever holds a true checkpoint can send it with a false proof, so that alone is a doubt and no proof against it.
    """
    if not _is_two_roots(told, head, by) and newest is not None and refused.status == 422:
        _keep(newest.note, told, head, by, is_proof=False)


def _is_two_roots(told: note.Note, head: note.Head, by: str) -> bool:
    """Whether this log signed another root for a size that we cosigned; kept if so."""
    held = models.Witnessed.objects.filter(origin=head.origin, size=head.size).first()
    if held is None or bytes(held.root) == head.root:
        return False
    _keep(held.note, told, head, by, is_proof=True)
    return True


def _keep(held: str, told: note.Note, head: note.Head, by: str, *, is_proof: bool) -> None:
    """Keep both checkpoints for ever, once, and raise the alarm."""
    digest = sha256(told.text.encode()).hexdigest()
    with transaction.atomic():
        _one_at_a_time(head.origin)
        known = models.SplitView.objects.filter(origin=head.origin, shown_digest=digest, is_proof=is_proof)
        if known.exists():
            return
        models.SplitView.objects.create(
            origin=head.origin,
            held=held,
            shown=str(told),
            shown_digest=digest,
            size=head.size,
            is_proof=is_proof,
            by=by,
            at=clock.now(),
        )
    log.error("split_view" if is_proof else "split_view_doubt", origin=head.origin, size=head.size)


def split_views() -> list[models.SplitView]:
    """What speaks against logs that we cosign, newest first: every proof, and each doubt that is not settled yet."""
    rows = list(models.SplitView.objects.order_by("-no")[:100])
    return [row for row in rows if row.is_proof or not _is_settled(row)]


def _is_settled(row: models.SplitView) -> bool:
    """Whether the very checkpoint in doubt was cosigned later, with a proof that held."""
    shown = note.head(note.parse(row.shown).text)
    held = models.Witnessed.objects.filter(origin=row.origin, size=row.size).values_list("root", flat=True).first()
    return held is not None and bytes(held) == shown.root


def seen(origin: str, count: int = 100) -> list[str]:
    """The newest checkpoints of a log that we cosigned, newest first: for other witnesses, to compare with theirs."""
    rows = models.Witnessed.objects.filter(origin=origin).order_by("-size")
    return list(rows.values_list("note", flat=True)[:count])


def compare(notes: Sequence[str], by: str) -> int:
    """Hold what another witness has seen of our logs against what we have seen; how many contradict it.

    Only checkpoints under the log's own signature count, so nobody can slander a log.
    """
    found = 0
    known = logs()
    for told in notes:
        try:
            shown = note.parse(told)
            head = note.head(shown.text)
        except note.Malformed:
            continue
        if not any(shown.signed_by(each) for each in known.get(head.origin, ())):
            continue
        found += _is_two_roots(shown, head, by)
    return found


def _remember(told: note.Note, head: note.Head) -> None:
    models.Witnessed.objects.create(origin=head.origin, size=head.size, root=head.root, note=str(told), at=clock.now())


def _private() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(keyring().derived("witness/1"))


def _one_at_a_time(origin: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [origin])
