"""Filing a case, looking at its package again, handing it out: facts of a stream beside the case, kind "archive".

`filed` says under which number, what the package is known by and what the four looks found; `looked` the same of a
later look; `handed_out` to whom and what for; `erased` that the package went with the key of its case. Where the looks
find something, the package is kept and says so (`failed`), and is made again when the case has what it lacked.
"""

from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from banjie.cases import unmask
from banjie.cases.models import Case
from banjie.cases.scope import Scope, whole_house
from banjie.duties.archive import checks, contents, package, profile
from banjie.duties.archive.checks import Finding
from banjie.duties.archive.contents import Filed
from banjie.duties.archive.models import ArchiveNumber, ArchiveRecord
from banjie.duties.fees.queries import receipted
from banjie.duties.papers.models import Paper
from banjie.duties.seals import policy
from banjie.engine import codec
from banjie.engine.codec import OFFICE_ZONE, microseconds
from banjie.engine.commands import Actor
from banjie.engine.not_possible import BadInput, NotPossible
from banjie.engine.timelimits import due
from banjie.records import catalogue
from banjie.records.catalogue.queries import current_calendar
from banjie.records.organisation.models import Agency
from banjie.records.parties import sealing as keys
from banjie.store.files.bind import bind
from banjie.store.files.read import FileDamaged, open_file
from banjie.store.files.receive import receive
from banjie.store.files.refused import Refused
from banjie.store.keys.keyring import SealBroken
from banjie.store.log import read
from banjie.store.log.append import append
from banjie.web import damaged

STREAM_KIND = "archive"
OWNER = "archive"
MEDIA = "application/zip"
PURPOSES = ("reading", "transfer", "inspection", "litigation")
"""What a package is handed out for: 查阅利用, 移交进馆, 监督检查, 复议诉讼."""


def wait_for(stream: UUID, recorded_at: int) -> ArchiveRecord | None:
    """The record of a case that has closed, waiting to be filed; of one that has gone on since, stale. None: open.

    `recorded_at`: when the fact that closed it was recorded (UTC microseconds): from then on it may wait.
    """
    with whole_house("the archive follows the cases"):
        case = Case.objects.everything().filter(stream=stream).first()
    if case is None or case.closed_on is None:
        return None
    row = ArchiveRecord.objects.kept().filter(stream=stream).first()
    if row is not None:
        if row.status in ("filed", "failed"):
            ArchiveRecord.objects.kept().filter(stream=stream).update(stale=True)
        return row
    region = catalogue.law(case.procedure, case.procedure_version).procedure.region
    asked, calendar = profile.asked_of(region, case.closed_on), current_calendar(region)
    return ArchiveRecord.objects.kept().create(
        stream=stream,
        case_number=case.number,
        query_number=case.query_number,
        code=case.procedure,
        region=region,
        agency=case.home,
        result=case.result,
        closed_on=case.closed_on,
        due_on=due(max(case.closed_on, _day(recorded_at)), asked.wait, calendar),
    )


def work(now: datetime, most: int = 1) -> int:
    """File up to so many cases whose papers are all there, or whose wait is over; how many.

    One that cannot be filed keeps no other waiting; what stood in its way is raised when the others had their turn.
    """
    today, done, failed = now.astimezone(OFFICE_ZONE).date(), 0, None
    unsealed = Paper.objects.kept().filter(about=OuterRef("stream"), status="made_out", kind__in=policy.kinds(today))
    rows = ArchiveRecord.objects.kept().filter(Q(status="waiting") | Q(stale=True))
    rows = rows.filter(Q(due_on__lte=today) | ~Exists(unsealed))  # what waits for a keeper keeps nothing else waiting
    for row in rows.exclude(status="erased").order_by("due_on", "stream")[: most * 20]:
        if done == most:
            break
        if row.due_on > today and not is_ready(row.stream, today):
            continue
        try:
            done += file(row.stream, now) is not None
        except Exception as problem:
            failed = failed or problem
    if failed:
        raise failed
    return done


def is_ready(stream: UUID, on: date) -> bool:
    """Whether every paper of the case and of its fees that is to be sealed is sealed."""
    unsealed = Paper.objects.kept().filter(about__in=[stream, *receipted(stream)], status="made_out")
    return not unsealed.filter(kind__in=policy.kinds(on)).exists()


def file(stream: UUID, now: datetime) -> ArchiveRecord | None:
    """Make the package of a case and file it with what the four looks find; None where somebody else is at it.

    A case that was filed before keeps its number and gets the next version. NotPossible unknown_archive.
    """
    with transaction.atomic():
        row = _locked(stream)
        if row is None or row.status == "erased" or (row.status == "filed" and not row.stale):
            return None
        asked = profile.asked_of(row.region, row.closed_on)
        filed = _number(row, asked)
        try:
            made = contents.contents(stream, filed, now, frozenset(policy.kinds(row.closed_on)))
        except NotPossible:
            return _told(row, "erased", {}, now, OWNER, uuid5(stream, "archive/erased"))
        data = package.made(made, filed)
        found = checks.look(data, made, asked.formats)
        kept = receive(data, f"{filed.number}.zip", OWNER, microseconds(now), media=MEDIA)
        key = keys.key_of(stream)
        if key is None:
            return _told(row, "erased", {}, now, OWNER, uuid5(stream, "archive/erased"))
        bind(stream, [kept.id], key, owner=OWNER)
        body = {
            "format": package.FORMAT,
            "number": filed.number,
            "year": filed.year,
            "serial": row.serial,
            "years": filed.years,
            "version": filed.version,
            "file": kept.id,
            "digest": sha256(data).hexdigest(),
            "size": len(data),
            "pieces": len(made.pieces),
            "head": made.head,
            "delivery": made.delivery,
            "findings": _plain(found),
        }
        return _told(row, "filed", body, now, OWNER, uuid5(stream, f"archive/filed/{filed.version}/{made.head}"))


def look_again(stream: UUID, now: datetime, by: Actor, command_id: UUID) -> ArchiveRecord:
    """Look at a filed package again; what is found is a fact. NotPossible unknown_archive, not_filed."""
    _require_archivist(by)
    with transaction.atomic():
        row = _of(stream, by)
        found = _looked(row, now)
        return _told(row, "looked", {"findings": _plain(found)}, now, by.id, command_id)


def handed_out(stream: UUID, purpose: str, by: Actor, now: datetime, command_id: UUID) -> tuple[ArchiveRecord, bytes]:
    """The package, for an archivist who says what for; on record before anybody has it, for whom it concerns as well.

    BadInput for another purpose; NotPossible unknown_archive, not_filed, not_an_archivist, case_gone, archive_damaged.
    """
    _require_archivist(by)
    if purpose not in PURPOSES:
        raise BadInput([("purpose", "unknown_choice")])
    with transaction.atomic():
        row = _of(stream, by)
        data = content_of(row)
        _told(row, "handed_out", {"purpose": purpose, "unit": by.unit}, now, by.id, command_id)
        unmask.handed_out_of_the_archive(stream, by, row.number, now, command_id)
    return row, data


def content_of(row: ArchiveRecord) -> bytes:
    """The bytes of a filed package. NotPossible case_gone, archive_damaged."""
    try:
        found = open_file(row.file)
    except (Refused, SealBroken) as broken:
        if isinstance(broken, FileDamaged):
            damaged.told(broken)
        raise NotPossible("archive_damaged", number=row.number) from broken
    if found is None:
        raise NotPossible("case_gone")
    if sha256(found.content).hexdigest() != row.digest:
        raise NotPossible("archive_damaged", number=row.number)
    return found.content


def changed(row: ArchiveRecord, kind: str, body: dict[str, Any]) -> None:
    """Let a fact change a row; saves nothing."""
    if kind == "filed":
        for name in ("number", "year", "serial", "years", "version", "file", "digest", "size", "pieces"):
            setattr(row, name, body[name])
        row.filed_at, row.stale = codec.instant(body["at"]), False
        row.keep_until = date(row.year + row.years, 12, 31) if row.years else None
    if kind in ("filed", "looked"):
        row.findings, row.checked_at = body["findings"], codec.instant(body["at"])
        row.status = "failed" if body["findings"] else "filed"
    elif kind == "erased":
        row.status, row.stale, row.file = "erased", False, ""


def sealed(paper: UUID) -> None:
    """A paper was sealed: a package that lacked it is made again."""
    about = Paper.objects.kept().filter(stream=paper).values_list("about", flat=True)
    ArchiveRecord.objects.kept().filter(stream__in=list(about), status="failed").update(stale=True)


def proved(case: UUID, position: int) -> None:
    """A delivery was proved by its fact at this position: a package made before that is made again."""
    row = ArchiveRecord.objects.kept().filter(stream=case, status__in=("filed", "failed")).first()
    if row is not None and position > delivery_in(case):
        ArchiveRecord.objects.kept().filter(stream=case).update(stale=True)


def delivery_in(case: UUID) -> int:
    """How many facts of the delivery lie in the newest package."""
    told = [body for kind, body, _by in facts_of(case) if kind == "filed"]
    return int(told[-1].get("delivery", 0)) if told else 0


def erased(stream: UUID, at: datetime) -> None:
    """The case was erased: its package cannot be read any more, and says so. Part of the caller's transaction."""
    row = ArchiveRecord.objects.kept().filter(stream=stream).exclude(status="erased").first()
    if row is not None:
        _told(row, "erased", {}, at, OWNER, uuid5(stream, "archive/erased"))


def own_stream(case: UUID) -> UUID:
    """The stream of the archive's facts about a case."""
    return uuid5(case, STREAM_KIND)


def _looked(row: ArchiveRecord, now: datetime) -> list[Finding]:
    try:
        data = content_of(row)
    except NotPossible as no:
        if no.code != "archive_damaged":
            raise
        return [Finding("authentic", "package_changed")]
    found = checks.again(data, row.stream)
    if any(each.code == "package_changed" for each in found) or row.filed_at is None:
        return found
    facts = int(package.opened(data).manifest["facts"])
    wanted = contents.wanted(row.stream, facts, now, row.filed_at)
    return [*checks.short_of(data, wanted, frozenset(policy.kinds(row.closed_on))), *found]


def _told(
    row: ArchiveRecord, kind: str, body: dict[str, Any], now: datetime, actor: str, command_id: UUID
) -> ArchiveRecord:
    told = {"at": microseconds(now), "case": row.stream.hex, **body}
    fact = (kind, codec.canonical(told))
    stream = own_stream(row.stream)
    append(stream, STREAM_KIND, [fact], command_id=command_id, at=told["at"], actor=actor)
    changed(row, kind, told)
    row.save()
    return row


def _number(row: ArchiveRecord, asked: profile.Asked) -> Filed:
    """Under what it is filed: the number it has, or the next of its agency and year; its row stays locked meanwhile."""
    fonds = asked.fonds.get(row.agency) or Agency.objects.values_list("credit_code", flat=True).get(id=row.agency)
    years = asked.years(row.code)
    if not row.serial:
        row.year = row.closed_on.year
        with connection.cursor() as cursor:
            cursor.execute(NEXT, [row.agency, row.year])
            row.serial = int(cursor.fetchone()[0])
    term = f"D{years}" if years else "Y"
    number = row.number or f"{fonds}-XK·{row.year}-{term}-{row.serial:05d}"
    return Filed(number, fonds, row.year, years, row.version + 1)


NEXT = """INSERT INTO archive_number (agency, year, last) VALUES (%s, %s, 1)
ON CONFLICT (agency, year) DO UPDATE SET last = archive_number.last + 1 RETURNING last"""


def counted(rows: list[ArchiveRecord]) -> list[ArchiveNumber]:
    """The last serial of each agency and year among these rows, not saved."""
    last: dict[tuple[str, int], int] = {}
    for each in rows:
        if each.serial:
            last[each.agency, each.year] = max(last.get((each.agency, each.year), 0), each.serial)
    return [ArchiveNumber(agency=agency, year=year, last=serial) for (agency, year), serial in last.items()]


def _day(at: int) -> date:
    return codec.instant(at).astimezone(OFFICE_ZONE).date()


def _plain(found: list[Finding]) -> list[list[str]]:
    return [[each.what, each.code, each.piece] for each in found]


def _locked(stream: UUID) -> ArchiveRecord | None:
    rows = ArchiveRecord.objects.kept().select_for_update(skip_locked=True)
    return rows.filter(stream=stream).first()


def _of(stream: UUID, by: Actor) -> ArchiveRecord:
    """The filed record, for somebody of its agency."""
    row = ArchiveRecord.objects.kept().select_for_update().filter(stream=stream, agency=by.agency).first()
    if row is None:
        raise NotPossible("unknown_archive")
    if not row.file:
        raise NotPossible("case_gone" if row.status == "erased" else "not_filed")
    return row


def _require_archivist(by: Actor) -> None:
    if "archivist" not in by.posts:
        raise NotPossible("not_an_archivist")


def facts_of(case: UUID) -> list[tuple[str, dict[str, Any], str]]:
    """What was done with the package of a case: kind, body and who, oldest first."""
    return [(each.kind, read.plain(each), each.actor) for each in read.entries(own_stream(case))]


def seen(scope: Scope, stream: UUID) -> ArchiveRecord | None:
    """The record of a case, for whoever sees the case."""
    return ArchiveRecord.objects.within(scope).filter(stream=stream).first()
