"""May this installation go on sealing? Only while somebody else has seen its history within a day.

Accepting goes on whatever happens: refusing it would be unlawful. What is sealed must be provable, so sealing stops
where no witness has cosigned for 24 hours; alarms begin after ten minutes. A demo goes on, and so does an installation
whose operator has declared, for everybody to read, that it has no witness.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction

from banjie.engine import codec
from banjie.engine.not_possible import NotPossible
from banjie.store.evidence import models
from banjie.store.log import clock, ids, queries
from banjie.store.log.append import append

STREAM_KIND = "evidence"
MINUTE = 60_000_000
HOUR = 60 * MINUTE
SEALING_STOPS_AFTER = 24 * HOUR
ALARMS = (10 * MINUTE, HOUR, 6 * HOUR, 12 * HOUR, 18 * HOUR, 22 * HOUR, 23 * HOUR, SEALING_STOPS_AFTER)
"""How long without a witness before somebody is told, and told again; microseconds."""

log = structlog.get_logger("banjie.evidence")


@dataclass(frozen=True, slots=True)
class Standing:
    """Who vouches for this log. `cosigned_at`: when a witness last did (or, before the first, since when one is owed).

    `silent_for`: microseconds without a witness, 0 where none is owed. `word`: demo, no-witness or witnessed, as it
    stands in every checkpoint.
    """

    word: str
    cosigned_at: int
    silent_for: int
    was_cosigned: bool

    @property
    def alarm(self) -> int:
        """How many of the steps in `ALARMS` are behind us; 0: nothing to worry about."""
        return sum(self.silent_for >= each for each in ALARMS)

    @property
    def may_seal(self) -> bool:
        """Whether sealing goes on."""
        return self.silent_for < SEALING_STOPS_AFTER


DEMO, NO_WITNESS, WITNESSED = "demo", "no-witness", "witnessed"
STANDING = """
SELECT cosigned.last, declared.has_no_witness, declared.at
FROM (SELECT max(at) AS last FROM cosignature WHERE at <= %s) AS cosigned
LEFT JOIN (SELECT has_no_witness, at FROM evidence_declaration ORDER BY no DESC LIMIT 1) AS declared ON true"""
"""The newest cosignature by an instant, and the operator's last word. One that is said to have come later than now
vouches for nothing: it would keep sealing going for ever."""


def standing(now: datetime | None = None) -> Standing:
    """How this installation stands now (or at `now`)."""
    installation = queries.installation()
    at = clock.now() if now is None else codec.microseconds(now)
    with connection.cursor() as cursor:
        cursor.execute(STANDING, [at])
        cosigned, has_no_witness, declared_at = cursor.fetchone()
    word = DEMO if installation.demo else NO_WITNESS if has_no_witness else WITNESSED
    owed_since = declared_at if declared_at and not has_no_witness else 0
    since = max(cosigned or 0, installation.created_at, owed_since)
    silent = max(0, at - since) if word == WITNESSED else 0
    return Standing(word, since, silent, cosigned is not None)


def may_seal(now: datetime) -> None:
    """Nothing, or NotPossible("no_witness", hours=…) where no witness has cosigned for a day and one is owed."""
    found = standing(now)
    if not found.may_seal:
        raise NotPossible("no_witness", hours=found.silent_for // HOUR)


def has_declared() -> bool:
    """Whether the operator's last word is that this installation has no witness."""
    return bool(models.Declaration.objects.order_by("-no").values_list("has_no_witness", flat=True).first())


def declare(has_no_witness: bool, by: str, command_id: UUID) -> None:
    """The operator's word, for everybody to read: this installation has no witness (or owes one again from now on).

    A fact in the log under their name, and in every checkpoint from the next. Saying it twice says it once.
    """
    now = clock.now()
    with transaction.atomic():
        if has_declared() == has_no_witness:
            return
        stream = ids.uuid7()
        kind = "declared_no_witness" if has_no_witness else "declared_witness_owed"
        body = codec.canonical({"at": now, "by": by})
        append(stream, STREAM_KIND, [(kind, body)], command_id=command_id, at=now, actor=by, expected_position=0)
        models.Declaration.objects.create(stream=stream, has_no_witness=has_no_witness, by=by, at=now)


class _Told:
    """The last step this process has told of."""

    def __init__(self) -> None:
        self.step = 0

    def forget(self) -> None:
        """Begin anew: another database."""
        self.step = 0


_told = _Told()
forget = _told.forget


def tell() -> None:
    """Write a line in the log at each step of `ALARMS`, and one when a witness is back."""
    found = standing()
    if found.alarm != _told.step:
        say = log.warning if found.alarm < len(ALARMS) else log.error
        if found.alarm > _told.step:
            say("no_witness", minutes=found.silent_for // MINUTE, witnesses=len(settings.WITNESSES))
        elif not found.alarm:
            log.info("witness_is_back")
        _told.step = found.alarm
