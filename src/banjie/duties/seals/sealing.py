"""The seal service: the one way to a signature. It asks nobody whether it may; it reads the log.

`seal` refuses whatever the policy does not allow, and every refusal is a fact. What it allows is begun (a fact), signed
by the key, and on record (`used`) in one transaction with what the caller keeps: a process that is killed leaves a
signature that was begun and nothing else, which `reconciling` can tell from one that nobody asked for.
"""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import connection, transaction

from banjie import words
from banjie.duties.seals import grounds, orders, policy, register, standing
from banjie.duties.seals.grounds import Told
from banjie.duties.seals.models import Seal
from banjie.duties.seals.policy import Rule
from banjie.duties.seals.standing import Standing
from banjie.engine import codec
from banjie.engine.codec import OFFICE_ZONE
from banjie.engine.commands import Actor
from banjie.engine.not_possible import NotPossible
from banjie.store.evidence.standing import may_seal
from banjie.store.log import read
from banjie.store.log.append import append
from banjie.store.papers import Box, seal_box
from banjie.store.signing import custody, pades, places, seal_keys, stamp
from banjie.store.signing.pades import NoPdf
from banjie.store.signing.seal_keys import NoKey

NOBODY = UUID("6c8a37f5-7a0d-5b0e-9a55-1f2e7b1d94a3")
"""Names the stream of refusals for which no seal could be meant: uuid5 of this and the agency."""
BY_ITSELF = "seal-service"
USED = "SELECT 1 FROM seal_use WHERE paper = %s AND version = %s"


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be sealed and why: the paper in this version, resting on a fact (`case`, `position`) of a stream.

    `digest`: SHA-256 of the PDF, as the paper's stream has it. `by`: the keeper who has had it sealed, None where it
    seals itself under a template authority. `seal`: this very seal; None for the one the policy names. `box`: where it
    goes on the page; None for the place its template keeps free.
    """

    kind: str
    agency: str
    paper: UUID
    version: int
    case: UUID
    position: int
    digest: bytes
    at: datetime
    by: Actor | None
    command_id: UUID
    seal: UUID | None = None
    box: Box | None = None


def seal(pdf: bytes, request: Request, keep: Callable[[bytes], object] | None = None) -> bytes:
    """The PDF with the seal its policy names, or NotPossible and a fact `refused`.

    Not inside a transaction (RuntimeError): a refusal stays recorded. `keep` gets the sealed PDF inside the transaction
    of the fact `used`, so that both stand or neither does. Codes: not_to_be_sealed, no_seal, seal_not_in_use,
    seal_sealed_away, no_such_paper, paper_voided, document_changed, no_decision_to_seal, not_the_deciding_agency,
    not_the_seal_for_this, decision_taken_back, decision_overtaken, already_sealed, no_authority, step_up_needed,
    no_witness, seal_key_away.
    """
    if connection.in_atomic_block:
        raise RuntimeError("a refusal must stay recorded: seal outside a transaction")
    found: Seal | None = None
    try:
        may_seal(request.at)
        rule = policy.rule(request.kind, request.at.astimezone(OFFICE_ZONE).date())
        if rule is None:
            raise NotPossible("not_to_be_sealed", document=request.kind)
        found = _meant(request, rule)
        return _sealed(pdf, request, rule, found, keep)
    except NotPossible as no:
        _refused(request, found, no)
        raise


def _sealed(pdf: bytes, request: Request, rule: Rule, row: Seal, keep: Callable[[bytes], object] | None) -> bytes:
    """Look, begin, sign, record: one at a time for each seal."""
    with _alone(row.code):
        said = _look(pdf, request, rule, row)
        signer = _signer(row)
        expected = _begin(request, row)
        before = getattr(signer, "last", None)
        try:
            made = pades.sign(
                pdf,
                signer,
                stamp.drawn(row.agency_name, row.title, row.code, stamp.DEMO if row.is_demo else ""),
                request.box or seal_box(said.template),
                name=row.name,
                reason=words.label("documents", request.kind),
            )
        except NoPdf as problem:
            raise NotPossible("document_changed") from problem
        use = getattr(signer, "last", None)
        assert use is not None, "every signature is counted"
        assert use != before, "and only once"
        body = register.told(
            request.by.id if request.by else BY_ITSELF,
            request.at,
            paper=request.paper.hex,
            version=request.version,
            kind=request.kind,
            stream=request.case.hex,
            position=request.position,
            digest=request.digest.hex(),
            signed=use.digest,
            sealed=hashlib.sha256(made).hexdigest(),
            number=use.number,
            expected=expected,
        )
        with transaction.atomic():
            held = register.counting(row.stream)
            register.tell(held, "used", body, _used_id(request.paper, request.version))
            if keep is not None:
                keep(made)
    return made


def _look(pdf: bytes, request: Request, rule: Rule, row: Seal) -> Told:
    """Everything the log says against it; what the paper's own stream tells."""
    known = standing.of(row.stream)
    _require_state(known, request.at.astimezone(OFFICE_ZONE).date().isoformat())
    if row.agency != request.agency:
        raise NotPossible("not_the_deciding_agency")
    if row.use != rule.use:
        raise NotPossible("not_the_seal_for_this", document=request.kind)
    if (request.paper.hex, request.version) in known.sealed or _was_used(request):
        raise NotPossible("already_sealed")
    said = grounds.told_of(request.paper)
    if said.is_voided:
        raise NotPossible("paper_voided")
    if (said.kind, said.about, said.position) != (request.kind, request.case, request.position):
        raise NotPossible("no_decision_to_seal", document=request.kind)
    if said.agency != request.agency:
        raise NotPossible("not_the_deciding_agency")
    digest = hashlib.sha256(pdf).hexdigest()
    if not digest == request.digest.hex() == said.digest or said.version != request.version:
        raise NotPossible("document_changed")
    grounds.require(request.kind, rule, request.agency, request.case, request.position)
    if rule.act == policy.TEMPLATE:
        if (request.kind, said.template) not in known.authorities:
            raise NotPossible("no_authority", document=request.kind, template=said.template)
    elif (request.paper.hex, request.version, digest) not in known.ordered:
        raise NotPossible("step_up_needed")
    return said


def _was_used(request: Request) -> bool:
    """Whether another seal of the house, an earlier one of the agency, stands on it already."""
    with connection.cursor() as cursor:
        cursor.execute(USED, [read.parameter(request.paper), request.version])
        return cursor.fetchone() is not None


def _meant(request: Request, rule: Rule) -> Seal:
    """The seal that is asked for, else the one the policy names."""
    if request.seal is None:
        return orders.seal_of(request.agency, rule.use)
    row = Seal.objects.filter(stream=request.seal).first()
    if row is None:
        raise NotPossible("no_such_seal")
    return row


def _require_state(known: Standing, on: str) -> None:
    """In use on that day, by the facts of the seal itself."""
    if known.state == "sealed_away":
        raise NotPossible("seal_sealed_away", on=date.fromisoformat(known.on))
    if known.state != "activated" or known.on > on:
        raise NotPossible("seal_not_in_use")


def _signer(row: Seal) -> Any:
    keys = custody.keys()
    try:
        if row.is_demo and not keys.has(row.code):
            keys.make(register.subject(row))  # a demo's keys are made when they are needed first
        return keys.signer(row.code)
    except NoKey:
        raise NotPossible("seal_key_away") from None


def _begin(request: Request, row: Seal) -> int:
    """Say in the log that a signature follows, and which number it will have by the key's own count.

    One that no such fact announces was made behind this house's back.
    """
    expected = seal_keys.journal(row.code).count() + 1
    body = register.told(
        request.by.id if request.by else BY_ITSELF,
        request.at,
        paper=request.paper.hex,
        version=request.version,
        digest=request.digest.hex(),
        expected=expected,
    )
    with transaction.atomic():
        held = register.counting(row.stream)
        id = uuid5(_used_id(request.paper, request.version), f"begun/{held.begun}")
        register.tell(held, "begun", body, id)
    return expected


def _refused(request: Request, row: Seal | None, no: NotPossible) -> None:
    """Leave a fact of the refusal, once for each request and day that says the same."""
    day = request.at.astimezone(OFFICE_ZONE).date()
    said = (request.paper, request.version, request.case, request.position, request.agency, request.seal, day, no.code)
    id = uuid5(NOBODY, "/".join(map(str, said)) + request.digest.hex())
    body = register.told(
        request.by.id if request.by else BY_ITSELF,
        request.at,
        agency=request.agency,
        kind=request.kind,
        paper=request.paper.hex,
        version=request.version,
        code=no.code,
    )
    stream = row.stream if row else uuid5(NOBODY, request.agency)
    with transaction.atomic():
        if register.knows(stream, id):
            return
        if row is not None:
            register.tell(Seal.objects.select_for_update().get(stream=stream), "refused", body, id)
            return
        (entry,) = append(
            stream,
            register.STREAM_KIND,
            [("refused", codec.canonical(body))],
            command_id=id,
            at=body["at"],
            actor=body["by"],
        )
        register.refused(None, entry, body).save(force_insert=True)


def _used_id(paper: UUID, version: int) -> UUID:
    """The one command under which this version of this paper can be sealed: the log takes it once."""
    return uuid5(paper, f"used/{version}")


@contextmanager
def _alone(code: str) -> Iterator[None]:
    """One signature of a seal at a time, on this machine."""
    descriptor = os.open(places.folder() / f"{code}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
