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
    the upper body of a `is_vertical` one). `credit_code`: what its item codes begin with.
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
