"""Does what the keys have signed agree with the log? A signature made behind this house's back is named.

Each key counts for itself (its journal, store/signing/journal.py); the log says for each signature that it follows
(`begun`) and that it was made (`used`). Whatever stands in the journal and not in the log nobody here has asked for;
whatever the log has and the journal has not, the journal has lost. Either is a fact `differs`, shown to supervisors.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid5

import structlog
from django.db import transaction

from banjie.duties.seals import register
from banjie.duties.seals.models import Seal, Use
from banjie.store.signing import seal_keys
from banjie.store.signing.journal import JournalBroken
from banjie.web.every import Every

EVERY = timedelta(minutes=5)
BY = "seal-service"

log = structlog.get_logger("banjie.seals")


@dataclass(frozen=True, slots=True)
class Compared:
    """A seal's key against the log. `unknown`: numbers nobody asked for; `missing`: on record, and not in the journal.

    `counted`: by the key; `on_record`: uses; `unfinished`: announced, made, and lost with their process;
    `beyond`: signatures the device counted and the journal did not.
    """

    code: str
    name: str
    counted: int
    on_record: int
    unknown: tuple[int, ...]
    missing: tuple[int, ...]
    unfinished: int = 0
    beyond: int = 0
    is_broken: bool = False

    @property
    def agrees(self) -> bool:
        """Whether every signature is accounted for."""
        return not (self.unknown or self.missing or self.beyond or self.is_broken)


def compare(row: Seal, device: int | None = None) -> Compared:
    """One seal, line by line. `device`: how many signatures the device itself says this key has made."""
    journal = seal_keys.journal(row.code)
    on_record = dict(Use.objects.filter(seal=row).values_list("number", "signed"))
    try:
        made = {each.number: each.digest for each in journal.uses()}
    except JournalBroken:
        return Compared(row.code, row.name, 0, row.used, (), tuple(sorted(on_record)), is_broken=True)
    unfinished = {each for each in row.unfinished if each in made and each not in on_record}
    unknown = [each for each, digest in made.items() if on_record.get(each, digest) != digest or each not in on_record]
    return Compared(
        row.code,
        row.name,
        len(made),
        len(on_record),
        tuple(sorted(set(unknown) - unfinished)),
        tuple(sorted(each for each in on_record if each not in made)),
        len(unfinished),
        max(0, device - len(made)) if device is not None else 0,
    )


def reconcile(at: datetime, devices: dict[str, int] | None = None) -> list[Compared]:
    """Every seal; what differs and was not said before is a fact."""
    found = []
    for row in Seal.objects.order_by("agency", "code"):
        compared = compare(row, (devices or {}).get(row.code))
        found.append(compared)
        _tell(row, compared, at)
    return found


_last = Every(EVERY)
forget = _last.forget


def look(now: datetime) -> int:
    """The worker's glance, at most every five minutes: where the newest numbers differ, line by line. How many differ.

    Safe to repeat, in any number of processes.
    """
    if not _last.taken(now):
        return 0
    found = 0
    for row in Seal.objects.exclude(state="registered").order_by("stream"):
        try:
            is_quiet = seal_keys.journal(row.code).count() == row.number and not row.difference
        except JournalBroken:
            is_quiet = False
        if is_quiet:
            continue
        row.refresh_from_db()  # it may have been used since
        compared = compare(row)
        found += _tell(row, compared, now)
    return found


def _tell(row: Seal, compared: Compared, at: datetime) -> bool:
    """A fact where something new differs; whether there was."""
    unknown = len(compared.unknown) + compared.beyond
    missing = max(len(compared.missing), int(compared.is_broken))
    if compared.agrees or unknown + missing <= row.difference:
        return False
    log.error("seal_used_behind_our_back", seal=row.code, unknown=compared.unknown[:20], missing=missing)
    body = register.told(
        BY,
        at,
        unknown=unknown,
        missing=missing,
        counted=compared.counted + compared.beyond,
        on_record=compared.on_record,
        numbers=list(compared.unknown[:100]),
    )
    id = uuid5(row.stream, f"differs/{unknown}/{missing}")
    with transaction.atomic():
        held = Seal.objects.select_for_update().get(stream=row.stream)
        if register.knows(row.stream, id):
            return False
        register.tell(held, "differs", body, id)
    return True
