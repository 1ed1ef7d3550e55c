"""The rows of licences. Derived: `rebuild` makes each again from the log. No personal datum stands here."""

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from banjie.cases.scope import M, RoomRow, Scope, ScopedManager
from banjie.store.postgresql.guarding import Lock


class LicenceManager(ScopedManager[M]):
    """A licence is seen by its holder's account, and by whoever sees the case its newest version came from."""

    def _seen(self, scope: Scope) -> Q:
        case: Any = self._participants(scope).filter(stream=OuterRef("case"), who__in=scope.who)
        if scope.items is not None:  # an agent limited to items sees what came of these items
            return Q(Exists(case))
        return Q(party__in=[each for each in scope.who if each]) | Q(Exists(case))


class Licence(RoomRow):
    """A licence under its number, as its history has left it. Derived from a stream of kind "licence".

    `party`: the pseudonym of the holder's account, "" where there is none; `agency`: who issued the newest version, in
    `region`. `version`, `identifier`: of the newest version, 0 and "" of a licence that was issued before this register
    and is only known to have ended. `ends`: [state, first day] for each decision that ended it; `suspended_on`,
    `suspended_until`: the last suspension. What it is worth on a day: `standing.on`. `ref`: where the sealed content of
    the newest version lies; "" once it is erased. `case`, `position`: the fact it came from. `reminded`: so many days
    before this last day its holder was reminded, None not yet. `about`: [case, procedure, its version] of each
    proceeding about it that has begun; which of them run, `queries.running` says.
    """

    stream = models.UUIDField(primary_key=True)
    type = models.TextField()
    number = models.TextField()
    party = models.TextField(blank=True)
    agency = models.TextField(blank=True)
    region = models.TextField(blank=True)
    version = models.IntegerField(default=0)
    identifier = models.TextField(blank=True)
    dated = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    ends = models.JSONField(default=list)
    suspended_on = models.DateField(null=True)
    suspended_until = models.DateField(null=True)
    case = models.UUIDField()
    position = models.IntegerField()
    ref = models.TextField(blank=True)
    changed_at = models.DateTimeField()
    reminded = models.IntegerField(null=True)
    about = models.JSONField(default=list)

    objects = LicenceManager["Licence"](Lock(case="case", own=("party",), opened=("agency",)))

    class Meta:
        db_table = "licence"
        constraints = [models.UniqueConstraint(fields=["type", "number"], name="licence_number_once")]
        indexes = [
            models.Index(fields=["party"], name="licence_party"),
            models.Index(fields=["agency", "type", "valid_to"], name="licence_agency"),
            models.Index(fields=["number"], name="licence_number"),
            models.Index(fields=["valid_to"], name="licence_running_out", condition=~Q(party="")),
        ]


class Version(RoomRow):
    """One version of a licence: what made it, when, until when, and the paper and the signature that say so.

    `act`: issue, change, renew, reissue, correct; `former`: the identifier of the version before it, or "".
    `paper`: the certificate in the register of papers, None where none was made out. `signature`: where the signature
    of its record lies, "" until the worker has made it. `content`: where the sealed content lies; "" once erased.
    """

    pk = models.CompositePrimaryKey("stream", "version")
    stream = models.UUIDField()
    version = models.IntegerField()
    identifier = models.TextField()
    former = models.TextField(blank=True)
    act = models.TextField()
    case = models.UUIDField()
    position = models.IntegerField()
    dated = models.DateField()
    valid_to = models.DateField(null=True)
    paper = models.UUIDField(null=True)
    signature = models.TextField(blank=True)
    content = models.TextField(blank=True)

    objects = ScopedManager["Version"](Lock(case="case", through=("stream", "licence", "stream")))

    class Meta:
        db_table = "licence_version"
        indexes = [
            models.Index(fields=["identifier"], name="licence_version_identifier"),
            models.Index(fields=["case", "position"], name="licence_version_case"),
            models.Index(
                fields=["stream", "version"],
                name="licence_version_unsigned",
                condition=Q(signature="") & ~Q(content=""),
            ),
        ]


class PurposeCopy(RoomRow):
    """A copy for a purpose (加注件): which version, until when, and whether it was taken back.

    `number`: its own number, by which anybody can check it; `ref`: where its use and its recipient lie sealed.
    `checked`: how often somebody has checked it, `checked_at`: when last.
    """

    id = models.UUIDField(primary_key=True)
    number = models.TextField(unique=True)
    stream = models.UUIDField()
    version = models.IntegerField()
    until = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.TextField()
    revoked_at = models.DateTimeField(null=True)
    ref = models.TextField(blank=True)
    paper = models.UUIDField(null=True)
    checked = models.IntegerField(default=0)
    checked_at = models.DateTimeField(null=True)

    objects = ScopedManager["PurposeCopy"](Lock(through=("stream", "licence", "stream")))

    class Meta:
        db_table = "licence_copy"
        indexes = [models.Index(fields=["stream", "made_at"], name="licence_copy_stream")]
