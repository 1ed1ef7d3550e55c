"""Many papers sealed at once by the keeper: a batch is a stream that can be watched, and goes on wherever it stopped.

The keeper's act is one: these papers, with this content (`duties/seals/orders.py`). The worker seals them one by one;
what a batch has come to is counted from the papers themselves, so nothing of it can be lost or done twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Count, Exists, Min, OuterRef, Q

from banjie.duties.papers import register
from banjie.duties.papers.models import Paper, SealBatch, Waiting
from banjie.duties.seals import orders, policy
from banjie.duties.seals.models import Authority
from banjie.engine import codec
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.commands import Actor
from banjie.engine.not_possible import BadInput
from banjie.store.log import read
from banjie.store.log.append import append

STREAM_KIND = "paper_batch"
MOST = 1000


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is. `refused`: papers that will not be sealed as they are; `waiting`: the rest."""

    total: int
    sealed: int
    refused: int

    @property
    def waiting(self) -> int:
        """Papers whose turn is still to come."""
        return self.total - self.sealed - self.refused

    @property
    def share(self) -> int:
        """Per cent that is done."""
        return 100 * (self.sealed + self.refused) // self.total if self.total else 100


def for_the_keeper(agencies: Sequence[str], at: datetime, most: int = MOST) -> list[Paper]:
    """What waits for whoever keeps the seals of these agencies, the oldest first: typeset, so that it can be read."""
    kinds = policy.kinds(at.astimezone(OFFICE_ZONE).date(), policy.KEEPER)
    mine = Paper.objects.opened(agency=agencies).filter(agency__in=list(agencies))
    found = mine.filter(status="made_out", kind__in=kinds, batch=None)
    return list(found.exclude(digest="").order_by("at", "stream")[:most])


@dataclass(frozen=True, slots=True)
class Unauthorised:
    """Papers of a kind and template that would seal themselves and wait, because no authority covers them."""

    kind: str
    template: str
    number: int
    since: datetime


def without_authority(agencies: Sequence[str], at: datetime) -> list[Unauthorised]:
    """What waits until a keeper of these agencies gives an authority (模板授权) for it, what waits longest first."""
    kinds = policy.kinds(at.astimezone(OFFICE_ZONE).date(), policy.TEMPLATE)
    covered = Authority.objects.filter(
        withdrawn_at=None,
        seal__state="active",
        seal__agency=OuterRef("agency"),
        kind=OuterRef("kind"),
        template=OuterRef("template"),
    )
    given_up = Waiting.objects.filter(until=NEVER).values("stream")
    mine = Paper.objects.opened(agency=agencies).filter(agency__in=list(agencies), status="made_out", kind__in=kinds)
    found = mine.exclude(Exists(covered)).exclude(stream__in=given_up).values_list("kind", "template")
    told = found.annotate(number=Count("stream"), since=Min("at")).order_by("since", "kind", "template")
    return [Unauthorised(*each) for each in told]


def open_batch(papers: Sequence[UUID], by: Actor, assertion: str, at: datetime, command_id: UUID) -> SealBatch:
    """Have these papers sealed, as they read now; a repeat of the command returns the first batch.

    `assertion`: how the keeper has just shown who they are. NotPossible as `orders.order`; BadInput for none, or for
    more than 1,000, or for one that is sealed, void, or in a batch already.
    """
    known = SealBatch.objects.filter(stream=command_id).first()
    if known:
        return known
    wanted = sorted(set(papers))
    if not 1 <= len(wanted) <= MOST:
        raise BadInput([("papers", "needed" if not wanted else "too_many")])
    with transaction.atomic():
        rows = list(Paper.objects.kept().select_for_update().filter(stream__in=wanted).order_by("stream"))
        if len(rows) != len(wanted) or any(each.status != "made_out" or each.batch for each in rows):
            raise BadInput([("papers", "unknown_choice")])
        orders.order([(each.stream, each.version, each.digest) for each in rows], by, assertion, at, command_id)
        body: dict[str, Any] = {
            "at": codec.microseconds(at),
            "by": by.id,
            "agency": by.agency,
            "papers": [each.stream.hex for each in rows],
        }
        fact = ("opened", codec.canonical(body))
        append(command_id, STREAM_KIND, [fact], command_id=command_id, at=body["at"], actor=by.id, expected_position=0)
        row = opened(command_id, body)
        row.save(force_insert=True)
        Paper.objects.kept().filter(stream__in=wanted).update(batch=command_id)
        return row


def progress(batch: UUID) -> Progress:
    """How far a batch is, counted from its papers."""
    own = Paper.objects.kept().filter(batch=batch)
    told = own.aggregate(total=Count("stream"), sealed=Count("stream", filter=Q(file__gt="")))
    given_up = Waiting.objects.filter(until=NEVER).values("stream")
    refused = own.filter(file="").filter(Q(status="voided") | Q(stream__in=given_up)).count()
    return Progress(told["total"], told["sealed"], refused)


NEVER = 2**62
"""Until when a paper waits that is not tried again."""


def of_agency(agency: str, most: int = 20) -> list[SealBatch]:
    """The newest batches that somebody of an agency opened."""
    return list(SealBatch.objects.filter(agency=agency).order_by("-opened_at")[:most])


def papers_of(batch: UUID) -> list[Paper]:
    """The papers of a batch, by number."""
    return list(Paper.objects.kept().filter(batch=batch).order_by("number"))


def close_finished(now: datetime) -> int:
    """Close every batch in which nothing waits any more; how many."""
    closed = 0
    for row in SealBatch.objects.filter(status="open"):
        done = progress(row.stream)
        if done.waiting:
            continue
        body = {"at": codec.microseconds(now), "sealed": done.sealed, "refused": done.refused}
        with transaction.atomic():
            fact = ("closed", codec.canonical(body))
            id = uuid5(row.stream, "closed")
            append(row.stream, STREAM_KIND, [fact], command_id=id, at=body["at"], actor=register.ACTOR)
            SealBatch.objects.filter(stream=row.stream).update(status="closed", closed_at=codec.instant(body["at"]))
        closed += 1
    return closed


def opened(stream: UUID, body: Mapping[str, Any]) -> SealBatch:
    """The row that an `opened` fact makes, not saved."""
    total, at = len(body["papers"]), codec.instant(body["at"])
    return SealBatch(stream=stream, by=body["by"], agency=body["agency"], total=total, opened_at=at)


def folded(stream: UUID) -> tuple[SealBatch, list[UUID]]:
    """The row as all facts of a batch give it, not saved, and its papers."""
    first, *later = read.entries(stream)
    body = read.plain(first)
    row = opened(stream, body)
    for entry in later:
        row.status, row.closed_at = "closed", codec.instant(entry.at)
    return row, [UUID(each) for each in body["papers"]]
