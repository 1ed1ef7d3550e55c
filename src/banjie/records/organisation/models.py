"""Regions, agencies, units and the people in them."""

from django.db import models
from django.db.models import F, Q

from banjie.records.accounts.models import User


class Region(models.Model):
    """A county or city. Truth, loaded from the rulebook; its contested readings stand in its profile there."""

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=60)
    english = models.CharField(max_length=120, blank=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT)


class Agency(models.Model):
    """An agency (行政机关) with what the remedy text of its decisions needs. Truth, loaded from the rulebook.

    `government`: whose agency it is. `reconsideration`: who reconsiders its decisions (the same-level government, or
    the upper body of a `is_vertical` one). `credit_code`: what its item codes begin with. `paper_prefix`: what the
    numbers of its papers begin with (机关代字); its name where there is none.
    """

    id = models.SlugField(max_length=40, primary_key=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT)
    name = models.CharField(max_length=60)
    english = models.CharField(max_length=120, blank=True)
    credit_code = models.CharField(max_length=18, unique=True)
    government = models.CharField(max_length=60)
    reconsideration = models.CharField(max_length=60)
    court = models.CharField(max_length=60)
    is_vertical = models.BooleanField(default=False)
    paper_prefix = models.CharField(max_length=20, blank=True)

    class Meta:
        verbose_name_plural = "agencies"


class Unit(models.Model):
    """A section or window of an agency. Truth, loaded from the rulebook."""

    id = models.SlugField(max_length=40, primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="units")
    name = models.CharField(max_length=60)
    english = models.CharField(max_length=120, blank=True)


class WindowType(models.Model):
    """A type of comprehensive window (综合窗口类型), and what such a window takes. Truth, loaded from the rulebook.

    `categories`: business categories (商事, 社会事务, 投资); `item_types`: codes of power types. Empty means all.
    """

    id = models.SlugField(max_length=40, primary_key=True)
    name = models.CharField(max_length=60)
    english = models.CharField(max_length=120, blank=True)
    categories = models.JSONField(default=list)
    item_types = models.JSONField(default=list)


class Window(models.Model):
    """A window of a unit: its type, and for which regions it takes applications. Truth, loaded from the rulebook.

    `regions`: codes, those below them included; an empty list means every region.
    """

    id = models.SlugField(max_length=40, primary_key=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="windows")
    type = models.ForeignKey(WindowType, on_delete=models.PROTECT)
    name = models.CharField(max_length=60)
    english = models.CharField(max_length=120, blank=True)
    regions = models.JSONField(default=list)


class Staff(models.Model):
    """Somebody's place: one unit and their posts, from `since` up to and including `until` (None: for now). Truth.

    Who did what on a case stands in its facts; this says only who may act today.
    """

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="staff")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="staff")
    english = models.CharField(max_length=60, blank=True)
    posts = models.JSONField(default=list)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        verbose_name_plural = "staff"
        constraints = [
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="staff_until_after_since"),
        ]


class Delegation(models.Model):
    """AB 岗: while one is away, the other acts in their posts, in their unit and in their name. Truth."""

    leaver = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="delegations")
    joiner = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="stands_in")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    since = models.DateField()
    until = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(leaver=F("joiner")), name="nobody_stands_in_for_themselves"),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="delegation_until_after_since"),
        ]


class Grant(models.Model):
    """Posts that somebody is given or loses (授权). Derived from the streams of kind "grant" (`grants`).

    `person`, `proposed_by`, `confirmed_by`: pseudonyms. `is_slow`: it needs a second person and the region's hours.
    `until`: the last day, where it was said. `status`: proposed, confirmed, took_effect, withdrawn. `command`: that
    proposed it, for a repeat changes nothing.
    """

    stream = models.UUIDField(primary_key=True)
    person = models.CharField(max_length=20)
    unit = models.SlugField(max_length=40)
    posts = models.JSONField(default=list)
    until = models.DateField(null=True)
    is_slow = models.BooleanField()
    proposed_by = models.CharField(max_length=20)
    proposed_at = models.DateTimeField()
    confirmed_by = models.CharField(max_length=20, blank=True)
    begins_at = models.DateTimeField(null=True)
    began_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=12)
    command = models.UUIDField(unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(proposed_by=F("confirmed_by")), name="grant_has_two_people"),
            models.CheckConstraint(
                condition=~Q(person=F("proposed_by")) & ~Q(person=F("confirmed_by")), name="nobody_grants_themselves"
            ),
            models.CheckConstraint(
                condition=Q(is_slow=False) | ~Q(status="took_effect") | ~Q(confirmed_by=""),
                name="slow_grant_was_confirmed",
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(status__in=("proposed", "confirmed")), name="one_open_grant_a_person"
            ),
        ]
        indexes = [models.Index(fields=["begins_at"], name="grant_due", condition=Q(status="confirmed"))]
