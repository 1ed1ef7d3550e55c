"""Parties and mandates: indexes to find what the log and the sealed particulars say."""

from django.db import models
from django.db.models import Q

from banjie.engine.applicant import KINDS


class Level(models.TextChoices):
    """How it is known that a party is who it says: it said so; an identity provider or the window has looked."""

    DECLARED = "declared"
    IDENTITY_PROVIDER = "identity_provider"
    WINDOW = "window"


ASSURED = (Level.IDENTITY_PROVIDER, Level.WINDOW)


class Party(models.Model):
    """Somebody who applies, by pseudonym. Derived: `rebuild` makes every row again from the streams of kind "party".

    `ref`: where the sealed particulars lie in the stream; "" once they are erased. `assured`: what an assured identity
    number is found by, unique, so that one person is one assured party; deleted with the key. A number that somebody
    only declared is nobody's: it can be declared again.
    """

    id = models.CharField(max_length=20, primary_key=True)
    stream = models.UUIDField(unique=True)
    kind = models.CharField(max_length=10)
    level = models.CharField(max_length=20)
    opened_at = models.DateTimeField()
    ref = models.TextField(blank=True)
    assured = models.BinaryField(null=True, unique=True)

    class Meta:
        verbose_name_plural = "parties"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="party_kind_is_known"),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="party_level_is_known"),
        ]


class Bar(models.Model):
    """Why nobody takes a party's word (告知承诺、容缺) until its credit is restored. Derived from streams "standing".

    `source`: the case in which it broke its promise. `lifted_at`: when the credit was restored.
    """

    stream = models.UUIDField(primary_key=True)
    party = models.CharField(max_length=64)
    reason = models.CharField(max_length=20)
    source = models.UUIDField()
    since = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["party"], name="bar_party", condition=Q(lifted_at=None))]


class MandateKind(models.TextChoices):
    """Why somebody may act for a party."""

    EMPLOYEE = "employee"
    LEGAL_REPRESENTATIVE = "legal_representative"
    POWER_OF_ATTORNEY = "power_of_attorney"


class Mandate(models.Model):
    """Who may act for whom (委托). Derived from the streams of kind "mandate", one a mandate.

    `giver` and `agent` are parties; the agent is "" until somebody has accepted. `items`: codes of items (31 digits)
    it is limited to; none means every item. `since` and `until`: the first and the last day; None until it is ended.
    `may_commit`: it says expressly that the agent may sign commitments (告知承诺) in the giver's name.
    `consent`: how the giver consented, electronic or on paper (then `paper` is the paper's number). `code`: a keyed
    digest of what the agent accepts with. `ref`: where the sealed name and number of the agent lie.
    """

    stream = models.UUIDField(primary_key=True)
    giver = models.CharField(max_length=20)
    agent = models.CharField(max_length=20, blank=True)
    kind = models.CharField(max_length=20)
    items = models.JSONField(default=list)
    since = models.DateField()
    until = models.DateField(null=True)
    may_commit = models.BooleanField(default=False)
    consent = models.CharField(max_length=10)
    paper = models.CharField(max_length=60, blank=True)
    recorded_by = models.CharField(max_length=64)
    given_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=64, blank=True)
    code = models.CharField(max_length=64, blank=True)
    ref = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=MandateKind.values), name="mandate_kind_is_known"),
            models.CheckConstraint(condition=Q(consent__in=("electronic", "paper")), name="mandate_consent_is_known"),
            models.CheckConstraint(condition=Q(accepted_at=None) | ~Q(agent=""), name="mandate_accepted_by_somebody"),
        ]
        indexes = [
            models.Index(fields=["agent"], name="mandate_agent"),
            models.Index(fields=["giver"], name="mandate_giver"),
            models.Index(fields=["code"], name="mandate_code", condition=~Q(code="")),
        ]


class Look(models.Model):
    """Somebody saw a person's particulars in clear. Derived from the facts "looked" and "unmasked" (`seeing`).

    `party`: whose they were; `case`, `number`: the case it was for, None and "" where it was none; `by`, `unit`: who
    looked, and where they worked; `purpose`: a code of the rulebook's; `fields`: which particulars; `sealed_in`, `ref`:
    where the reason lies.
    """

    pk = models.CompositePrimaryKey("stream", "position")
    stream = models.UUIDField()
    position = models.IntegerField()
    party = models.CharField(max_length=64, blank=True)
    case = models.UUIDField(null=True)
    number = models.TextField(blank=True)
    at = models.DateTimeField()
    on = models.DateField()
    by = models.CharField(max_length=64)
    unit = models.TextField(blank=True)
    purpose = models.CharField(max_length=40, blank=True)
    fields = models.JSONField(default=list)
    sealed_in = models.UUIDField()
    ref = models.TextField()

    class Meta:
        indexes = [
            models.Index(fields=["party", "-at"], name="look_party"),
            models.Index(fields=["by", "on"], name="look_by"),
        ]


class QuotaLift(models.Model):
    """Somebody may look more often on a day. Derived from the facts "lifted" (`seeing`)."""

    pk = models.CompositePrimaryKey("stream", "position")
    stream = models.UUIDField()
    position = models.IntegerField()
    person = models.CharField(max_length=64)
    on = models.DateField()
    more = models.IntegerField()
    by = models.CharField(max_length=64)
    why = models.CharField(max_length=20)

    class Meta:
        indexes = [models.Index(fields=["person", "on"], name="quota_lift_person")]
