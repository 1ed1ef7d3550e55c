"""The worker has papers sealed: by themselves where the keeper gave an authority, else as the keeper had them sealed.

In small bites, outside any transaction of its own; safe to kill anywhere: the fact `used` of the seal, the sealed file
and the fact `sealed` of the paper stand in one transaction, and the log takes a paper's version once.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID, uuid5

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from banjie.duties.papers import batches, contents, make, register
from banjie.duties.papers.models import Paper, Waiting
from banjie.duties.seals import policy
from banjie.duties.seals.models import Authority, Ordered
from banjie.duties.seals.sealing import Request, seal
from banjie.engine.codec import OFFICE_ZONE, microseconds
from banjie.engine.commands import Actor
from banjie.engine.events import ActorKind
from banjie.engine.not_possible import NotPossible
from banjie.records.parties import sealing as keys
from banjie.store import papers as typesetter
from banjie.store.evidence.standing import may_seal
from banjie.store.files import receive

log = structlog.get_logger("banjie.papers")

OWNER = "papers"
BITE, BITE_SECONDS = 50, 0.2
FRESH = timedelta(minutes=15)
"""Papers made out within this time go first, and as many as a bite takes; older ones one by one, when it is calm."""
LEASE = timedelta(minutes=1)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
UNPRINTABLE, TROUBLED = "cannot_be_printed", "sealing_troubled"
FOR_GOOD = frozenset({
    UNPRINTABLE, "case_gone", "document_changed", "paper_voided", "no_such_paper", "not_to_be_sealed",
    "no_decision_to_seal", "not_the_deciding_agency", "decision_taken_back", "decision_overtaken", "already_sealed",
})  # fmt: skip
"""Why a paper is never sealed as it is: nobody tries again by itself."""


def work(now: datetime) -> int:
    """One bite: what the keeper had sealed, then what seals itself; how much of it somebody waits for.

    Where no witness vouches for the log any more, nothing is sealed and everything waits.
    """
    try:
        may_seal(now)
    except NotPossible:
        return 0
    done = _bite(_ordered(now), lambda paper: _tried(paper, now, by=_keeper(paper)))
    _bite(to_be_typeset(now).filter(at__gt=now - FRESH), lambda paper: _prepared(paper, now))
    done += _bite(_by_themselves(now, fresh=True), lambda paper: _tried(paper, now))
    done += batches.close_finished(now)
    if done == 0:  # the past, one paper a turn: nobody waits for it, and nobody is kept waiting
        for paper in to_be_typeset(now)[:1]:
            _prepared(paper, now)
        for paper in _by_themselves(now, fresh=False)[:1]:
            _tried(paper, now)
    return done


def _bite(papers: QuerySet[Paper], do: Callable[[Paper], int]) -> int:
    """As many of these as a bite takes, so that no queue keeps another waiting; how many were done."""
    ends, done = monotonic() + BITE_SECONDS, 0
    for paper in papers[:BITE]:
        done += do(paper)
        if monotonic() > ends:
            break
    return done


def seal_now(paper: Paper, now: datetime, by: Actor | None = None) -> Paper:
    """Have one paper sealed at once; NotPossible as the seal service says, or where a name in it cannot be printed."""
    pdf = typeset(paper, now)
    request = Request(
        kind=paper.kind,
        agency=paper.agency,
        paper=paper.stream,
        version=paper.version,
        case=paper.about,
        position=paper.position,
        digest=bytes.fromhex(paper.digest),
        at=now,
        by=by,
        command_id=uuid5(paper.stream, f"seal/{paper.version}"),
    )
    seal(pdf, request, keep=lambda made: _keep(paper, made, now))
    return paper


def soon(paper: Paper, now: datetime) -> bool:
    """Have a paper that seals itself sealed for whoever waits for it, unless the worker is at it; whether it was.

    What stands in the way is noted, and the worker tries again.
    """
    return bool(_tried(paper, now))


def typeset(paper: Paper, now: datetime) -> bytes:
    """The unsealed PDF as it is to be sealed; its digest is on record from the first time on.

    NotPossible case_gone, cannot_be_printed; document_changed where it reads otherwise than the first time.
    """
    data = contents.of(paper)
    missing = typesetter.missing_glyphs(contents.names_in(data))
    if missing:
        raise NotPossible("cannot_be_printed", characters=missing)
    pdf = typesetter.typeset(paper.template, data)
    digest = make.digest(pdf)
    if not paper.digest:
        with transaction.atomic():
            body = {"at": microseconds(now), "digest": digest, "version": paper.version}
            register.tell(paper.stream, "typeset", body, uuid5(paper.stream, f"typeset/{paper.version}"))
            Paper.objects.kept().filter(stream=paper.stream).update(digest=digest)
        paper.digest = digest
    elif paper.digest != digest:
        raise NotPossible("document_changed")
    return pdf


def to_be_typeset(now: datetime) -> QuerySet[Paper]:
    """What a keeper will want to have sealed and nobody has typeset yet, the newest first: for them somebody waits."""
    kinds = policy.kinds(now.astimezone(OFFICE_ZONE).date(), policy.KEEPER)
    return _free(now).filter(kind__in=kinds, digest="").order_by("-at")


# One paper


def _tried(paper: Paper, now: datetime, by: Actor | None = None) -> int:
    """Seal it unless somebody else is at it; a refusal is noted, and tried again later where that can help."""
    if not _claimed(paper, now):
        return 0
    try:
        seal_now(paper, now, by)
    except NotPossible as no:
        _wait(paper, now, no.code)
        return 0
    except Exception as problem:
        # Of one paper: the others go on, and its own turn comes again.
        log.exception("paper_not_sealed", paper=paper.stream.hex, problem=type(problem).__name__)
        _wait(paper, now, TROUBLED)
        return 0
    Waiting.objects.filter(stream=paper.stream).delete()
    return 1


def _prepared(paper: Paper, now: datetime) -> int:
    """Typeset it for whoever keeps the seal."""
    if not _claimed(paper, now):
        return 0
    try:
        typeset(paper, now)
    except NotPossible as no:
        _wait(paper, now, no.code)
    except Exception as problem:
        log.exception("paper_not_typeset", paper=paper.stream.hex, problem=type(problem).__name__)
        _wait(paper, now, TROUBLED)
    else:
        Waiting.objects.filter(stream=paper.stream).delete()
        return 1
    return 0


def _keep(paper: Paper, made: bytes, now: datetime) -> None:
    """Keep the sealed PDF with what it is about, under that key, and say so; inside the transaction of the use."""
    key = keys.key_of(paper.about) or keys.key_of(paper.stream) or keys.new_key(paper.stream)
    file = receive.keep(made, f"{paper.kind}.pdf", OWNER, microseconds(now), key)
    body = {
        "at": microseconds(now),
        "version": paper.version,
        "digest": paper.digest,
        "file": file.id,
        "commitment": file.commitment,
        "sealed_digest": make.digest(made),
    }
    register.tell(paper.stream, "sealed", body, uuid5(paper.stream, f"sealed/{paper.version}"))
    register.changed(paper, "sealed", body)
    kept = {"file": paper.file, "sealed_digest": paper.sealed_digest, "sealed_at": paper.sealed_at}
    row = Paper.objects.kept().filter(stream=paper.stream)
    if not row.filter(status="made_out").update(status="sealed", **kept):
        row.update(**kept)  # void it has become meanwhile, and void it stays


def _claimed(paper: Paper, now: datetime) -> bool:
    """Whether this worker may try now: one at a time, and not before its pause is over."""
    at, until = microseconds(now), microseconds(now + LEASE)
    if Waiting.objects.filter(stream=paper.stream, until__lte=at).update(until=until, attempts=F("attempts") + 1):
        return True
    try:
        with transaction.atomic():
            Waiting.objects.create(stream=paper.stream, until=until, attempts=1)
    except IntegrityError:
        return False
    return True


def _wait(paper: Paper, now: datetime, code: str) -> None:
    row = Waiting.objects.get(stream=paper.stream)
    pause = min(FIRST_PAUSE * 2 ** min(row.attempts - 1, 10), LONGEST_PAUSE)
    row.until = batches.NEVER if code in FOR_GOOD else microseconds(now + pause)
    row.code = code
    row.save()


# Which


def _free(now: datetime) -> QuerySet[Paper]:
    """Papers that are not sealed and that nobody is at or waits with."""
    busy = Waiting.objects.filter(until__gt=microseconds(now)).values("stream")
    return Paper.objects.kept().filter(status="made_out").exclude(stream__in=busy)


def _ordered(now: datetime) -> QuerySet[Paper]:
    """What a keeper has had sealed, the oldest first."""
    return _free(now).filter(stream__in=Ordered.objects.values("paper")).exclude(digest="").order_by("at", "stream")


def _by_themselves(now: datetime, fresh: bool) -> QuerySet[Paper]:
    """What an authority seals; the newest first: for the newest somebody is waiting."""
    given = Authority.objects.filter(withdrawn_at=None, seal__state="active")
    allowed = Q(pk__in=())
    pairs: dict[tuple[str, str], set[str]] = {}
    for agency, kind, template in given.values_list("seal__agency", "kind", "template"):
        pairs.setdefault((kind, template), set()).add(agency)
    for (kind, template), agencies in pairs.items():
        allowed |= Q(kind=kind, template=template, agency__in=sorted(agencies))
    since = now - FRESH
    return _free(now).filter(allowed, **{"at__gt" if fresh else "at__lte": since}).order_by("-at", "stream")


def _keeper(paper: Paper) -> Actor:
    order = Ordered.objects.filter(paper=paper.stream, version=paper.version, digest=paper.digest).first()
    return Actor(order.by if order else "", ActorKind.STAFF)


def refused(papers: list[UUID]) -> dict[UUID, str]:
    """Why each of these papers could not be sealed the last time; only those that were tried."""
    rows = Waiting.objects.filter(stream__in=papers).exclude(code="")
    return dict(rows.values_list("stream", "code"))
