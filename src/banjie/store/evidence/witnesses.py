"""Others for us: each newest checkpoint is shown to every witness, which puts its signature under it.

Asked over HTTP by the worker, in a thread of its own so that a witness that hangs delays nobody; with time-outs, no
redirects, only the addresses of the settings. One that fails is asked again after 30 s, 2 min, 8 min, then every half
hour. What a witness knows of us is held against what we hold: if it knows more, our own history was cut.
"""

import http.client
import ssl
import threading
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote, urlsplit

import structlog
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import close_old_connections, connection, transaction

from banjie.store.evidence import checkpoints, models, note, standing, tree, witnessing
from banjie.store.log import clock

TIMEOUT = 5.0
"""Seconds a witness has to take the connection, and to answer."""
LARGEST_ANSWER = 256 * 1024
FIRST_RETRY = 30_000_000
LONGEST_RETRY = 30 * 60_000_000

log = structlog.get_logger("banjie.evidence")

NO_ANSWER = "no_answer"
"""It cannot be reached, or what it says is no answer of a witness."""
UNKNOWN_HERE = "unknown_here"
"""It does not know this log, or not by this key: whoever runs it must be told our key."""
AHEAD = "ahead"
"""It has cosigned more than we hold: facts that this log once had are gone."""
ANOTHER_HISTORY = "another_history"
"""It has cosigned a history that ours does not contain: what was recorded has been rewritten."""
FALSE_SIGNATURE = "false_signature"
"""It answered with a signature that is not its own."""
GRAVE = frozenset({AHEAD, ANOTHER_HISTORY})


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness of ours: where it answers, and the key it cosigns with."""

    url: str
    key: note.Key

    @property
    def name(self) -> str:
        """What it is called in cosignatures."""
        return self.key.name


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: str


class Transport(Protocol):
    """How a witness is reached."""

    def post(self, url: str, body: str) -> Answer:
        """Send a text; OSError where nobody answers in time."""

    def get(self, url: str) -> Answer:
        """Fetch a text; OSError where nobody answers in time."""


class Http:
    """The transport outside of tests: HTTP or HTTPS, one request a connection, no redirects."""

    def post(self, url: str, body: str) -> Answer:
        """As Transport says."""
        return self._ask("POST", url, body.encode())

    def get(self, url: str) -> Answer:
        """As Transport says."""
        return self._ask("GET", url, None)

    def _ask(self, method: str, url: str, body: bytes | None) -> Answer:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        made: http.client.HTTPConnection
        if parts.scheme == "https":
            made = http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=ssl.create_default_context())
        else:
            made = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
        try:
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            made.request(method, path, body, {"Content-Type": "text/plain; charset=utf-8", "Connection": "close"})
            answer = made.getresponse()
            told = answer.read(LARGEST_ANSWER + 1)
            if len(told) > LARGEST_ANSWER:
                raise OSError("the answer is too long")
            return Answer(answer.status, told.decode())
        except (http.client.HTTPException, UnicodeDecodeError) as problem:
            raise OSError(type(problem).__name__) from problem
        finally:
            made.close()


class NoWitness(ImproperlyConfigured, ValueError):
    """Something in BANJIE_WITNESSES is no witness."""


def configured() -> list[Witness]:
    """The witnesses of the settings: `address key`, separated by commas. NoWitness for one that is none."""
    found = []
    for told in settings.WITNESSES:
        url, _, coded = told.partition(" ")
        try:
            key = note.key(coded)
        except note.Malformed as problem:
            raise NoWitness(f"BANJIE_WITNESSES: {told[:80]!r} is no address with a key ({problem})") from None
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname or key.type != note.WITNESS:
            raise NoWitness(f"BANJIE_WITNESSES: {told[:80]!r} is no address with the key of a witness")
        found.append(Witness(url.rstrip("/"), key))
    return found


def exchange(transport: Transport | None = None) -> int:
    """Show the newest checkpoint to each witness whose turn it is; how many cosigned. Never inside a transaction."""
    newest = checkpoints.newest()
    if newest is None:
        return 0
    gained = 0
    for witness in configured():
        if _is_due(witness, newest):
            gained += _shown(witness, newest, transport or Http())
    return gained


def _is_due(witness: Witness, newest: checkpoints.Checkpoint) -> bool:
    if models.Cosignature.objects.filter(checkpoint=newest.no, witness=witness.name).exists():
        return False
    row = models.Exchange.objects.filter(witness=witness.name).first()
    return row is None or row.next_at <= clock.now()


def _shown(witness: Witness, newest: checkpoints.Checkpoint, transport: Transport) -> int:
    """One exchange; where the witness knows another size of us than we thought, once more from there."""
    row, _ = models.Exchange.objects.get_or_create(witness=witness.name)
    known = min(row.known, newest.size)
    for _attempt in range(2):
        try:
            answer = transport.post(f"{witness.url}/add-checkpoint", str(_asked(known, newest)))
        except OSError:
            _troubled(row, NO_ANSWER)
            return 0
        if answer.status == 200:
            return _taken(witness, row, newest, answer.body)
        told = answer.body.strip()
        if answer.status != 409 or not told.isdecimal() or len(told) > 18:
            break
        if int(told) > newest.size:
            row.known = int(told)
            _troubled(row, AHEAD)
            return 0
        if int(told) == known:
            _troubled(row, ANOTHER_HISTORY)
            return 0
        known = row.known = int(told)
    _troubled(row, {422: ANOTHER_HISTORY, 403: UNKNOWN_HERE, 404: UNKNOWN_HERE}.get(answer.status, NO_ANSWER))
    return 0


def _asked(known: int, newest: checkpoints.Checkpoint) -> witnessing.Asked:
    proof = tuple(tree.stored().consistency(known, newest.size))
    return witnessing.Asked(known, proof, note.Note(newest.text, (newest.signature,)))


def _taken(witness: Witness, row: models.Exchange, newest: checkpoints.Checkpoint, body: str) -> int:
    """Keep the cosignature, if it is this witness'."""
    try:
        signed = next((each for each in note.signatures(body) if witness.key.verifies(newest.text, each)), None)
    except note.Malformed:
        signed = None
    if signed is None:
        _troubled(row, FALSE_SIGNATURE)
        return 0
    with transaction.atomic():
        if connection.vendor == "postgresql":
            models.Exchange.objects.select_for_update().get(witness=witness.name)
        if not models.Cosignature.objects.filter(checkpoint=newest.no, witness=witness.name).exists():
            models.Cosignature.objects.create(
                checkpoint=newest.no, witness=witness.name, line=str(signed), at=clock.now()
            )
        told = {"known": newest.size, "attempts": 0, "next_at": 0, "trouble": "", "since": 0}
        models.Exchange.objects.filter(witness=witness.name).update(**told)
    if row.trouble:
        log.info("witness_answers", witness=witness.name)
    return 1


def _troubled(row: models.Exchange, what: str) -> None:
    now = clock.now()
    if row.trouble != what:
        (log.error if what in GRAVE else log.warning)("witness_trouble", witness=row.witness, trouble=what)
        row.since = now
    row.trouble = what
    row.next_at = now + min(FIRST_RETRY << 2 * min(row.attempts, 8), LONGEST_RETRY)
    row.attempts += 1
    row.save()


@dataclass(frozen=True, slots=True)
class Heard:
    """How we stand with a witness. `cosigned_at`: 0 where it never has. `trouble`: a word of this module, or ""."""

    name: str
    host: str
    cosigned_at: int
    trouble: str
    since: int
    known: int

    @property
    def is_grave(self) -> bool:
        """Whether it contradicts what we hold."""
        return self.trouble in GRAVE


def heard() -> list[Heard]:
    """Every witness of the settings, with what it last said."""
    rows = {row.witness: row for row in models.Exchange.objects.all()}
    told = []
    for each in configured():
        row = rows.get(each.name) or models.Exchange(witness=each.name)
        signed = models.Cosignature.objects.filter(witness=each.name).order_by("-checkpoint")
        last = signed.values_list("at", flat=True).first() or 0
        host = urlsplit(each.url).hostname or ""
        told.append(Heard(each.name, host, last, row.trouble, row.since, row.known))
    return told


def gossip(transport: Transport | None = None) -> int:
    """Ask our witnesses what they have seen of the logs that we cosign, too; how many of those show two histories."""
    found = 0
    for origin in witnessing.logs():
        for witness in configured():
            try:
                answer = (transport or Http()).get(f"{witness.url}/checkpoints?origin={quote(origin, safe='')}")
            except OSError:
                continue
            if answer.status == 200:
                notes = [each for each in answer.body.split(BETWEEN) if each]
                found += witnessing.compare(notes, witness.name)
    return found


BETWEEN = "\x00"
"""Between the notes of a list: no text has it."""


class _Turn:
    """The thread in which witnesses are asked; at most one a process."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._next = 0
        self._gossip = 0

    def forget(self) -> None:
        """Begin anew: another database."""
        self.__init__()  # type: ignore[misc]

    def work(self) -> None:
        """Begin an exchange unless one is going on or nothing can be due."""
        now = clock.steady()
        if not (settings.WITNESSES or settings.WITNESS_FOR) or now < self._next:
            return
        if self._thread is not None and self._thread.is_alive():
            return
        self._next = now + LOOK_EVERY
        self._thread = threading.Thread(target=self._run, daemon=True, name="witnesses")
        self._thread.start()

    def _run(self) -> None:
        try:
            close_old_connections()
            exchange()
            if clock.steady() >= self._gossip:
                self._gossip = clock.steady() + GOSSIP_EVERY
                gossip()
        except Exception as problem:
            log.exception("witnesses_troubled", problem=type(problem).__name__)
        finally:
            connection.close()


LOOK_EVERY = 10_000_000
GOSSIP_EVERY = 10 * 60_000_000
_turn = _Turn()
forget = _turn.forget


def work() -> int:
    """The worker's part: tell whoever watches how long no witness has answered, and ask those whose turn it is."""
    if _told_at.passed():
        standing.tell()
    _turn.work()
    return 0


class _EveryMinute:
    def __init__(self) -> None:
        self._next = 0

    def forget(self) -> None:
        """Begin anew."""
        self._next = 0

    def passed(self) -> bool:
        """Whether a minute has gone by since this last said so."""
        now = clock.steady()
        if now < self._next:
            return False
        self._next = now + checkpoints.EVERY
        return True


_told_at = _EveryMinute()
