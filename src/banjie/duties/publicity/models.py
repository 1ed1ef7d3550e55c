"""The rows of decisions in public. No personal datum stands here."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from banjie.cases.scope import RoomRow, Scope, ScopedManager
from banjie.store.postgresql.guarding import Lock


class DisclosureManager(ScopedManager["Disclosure"]):
    """A disclosure is seen by whoever sees its case; once it is published, by everybody (`queries`)."""

    def _seen(self, scope: Scope) -> Q:
        return Q(Exists(self._participants(scope).filter(stream=OuterRef("case"), who__in=scope.who)))


class Disclosure(RoomRow):
    """A decision to be made public. Derived from the case and its own stream of kind "disclosure".

    `position`: of the deciding fact in the case; `kind`: granted, renewed, or the act that ended a licence;
    `applicant`: where the sealed particulars lie in the case. `after_on`, `due_on`: published from and until.
    `status`: due, published, held_back (on `ground`).
    """

    stream = models.UUIDField(primary_key=True)
    case = models.UUIDField()
    position = models.IntegerField()
    kind = models.TextField()
    code = models.TextField()
    version = models.IntegerField()
    agency = models.TextField()
    region = models.TextField()
    applicant = models.TextField(blank=True)
    decided_on = models.DateField()
    after_on = models.DateField()
    due_on = models.DateField()
    status = models.TextField(default="due")
    published_on = models.DateField(null=True)
    ground = models.TextField(default="", blank=True)

    objects = DisclosureManager(Lock(case="case", opened=("agency",), public="status = 'published'"))

    class Meta:
        db_table = "disclosure"
        indexes = [
            models.Index(
                fields=["-decided_on", "-stream"], name="disclosure_published", condition=Q(status="published")
            ),
            models.Index(fields=["after_on"], name="disclosure_due", condition=Q(status="due")),
            models.Index(fields=["case"], name="disclosure_case"),
        ]
