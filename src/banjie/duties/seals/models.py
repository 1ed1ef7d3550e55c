"""The rows of seals. Derived from streams of kind "seal": `rebuild` makes each again. No personal datum stands here."""

from django.db import models
from django.db.models import Q


class Seal(models.Model):
    """A seal of an agency. `use`: approval (the deciding agency's one seal) or licensing (行政许可专用章).

    `title`: what stands below the star; `code`: thirteen digits (GA 241); `state`: registered, active, sealed_away;
    `keepers`: pseudonyms. `ceremony`: the one that waits for its second person (activate, seal_away; "" for none).
    `begun`, `used`: how many signatures were begun and are on record; `number`: the key's own count at the newest.
    `unfinished`: numbers of signatures that were announced and are not on record (the process ended meanwhile).
    `difference`: how many signatures nobody here has asked for, or the key's journal has lost; 0 where they agree.
    """

    stream = models.UUIDField(primary_key=True)
    region = models.TextField()
    agency = models.TextField()
    agency_name = models.TextField()
    name = models.TextField()
    title = models.TextField()
    use = models.TextField()
    code = models.TextField(unique=True)
    is_demo = models.BooleanField(default=False)
    state = models.TextField(default="registered")
    registered_on = models.DateField()
    activated_on = models.DateField(null=True)
    sealed_away_on = models.DateField(null=True)
    keepers = models.JSONField(default=list)
    ceremony = models.TextField(blank=True)
    ceremony_by = models.TextField(blank=True)
    ceremony_on = models.DateField(null=True)
    begun = models.IntegerField(default=0)
    used = models.IntegerField(default=0)
    number = models.IntegerField(default=0)
    unfinished = models.JSONField(default=list)
    difference = models.IntegerField(default=0)

    class Meta:
        db_table = "seal"
        constraints = [
            models.UniqueConstraint(fields=["agency", "use"], condition=Q(state="active"), name="seal_one_active"),
        ]
        indexes = [models.Index(fields=["region", "state"], name="seal_region")]


class Ceremony(models.Model):
    """A seal taken into use (启用) or sealed away (封存), with who was there. `by`, `second`: the two who did it.

    `ref`: of what was written about it, sealed in the seal's stream; `file`: a picture or a minute, "" for none.
    """

    pk = models.CompositePrimaryKey("seal_id", "position")
    seal = models.ForeignKey(
        Seal, on_delete=models.CASCADE, db_column="seal", db_index=False, related_name="ceremonies"
    )
    position = models.IntegerField()
    kind = models.TextField()
    on = models.DateField()
    by = models.TextField()
    second = models.TextField(blank=True)
    present = models.JSONField(default=list)
    ref = models.TextField(blank=True)
    file = models.TextField(blank=True)

    class Meta:
        db_table = "seal_ceremony"
        verbose_name_plural = "ceremonies"


class Authority(models.Model):
    """The keeper's word that papers of a kind in a version of its template may be sealed by themselves (模板授权)."""

    pk = models.CompositePrimaryKey("seal_id", "kind", "template")
    seal = models.ForeignKey(
        Seal, on_delete=models.CASCADE, db_column="seal", db_index=False, related_name="authorities"
    )
    kind = models.TextField()
    template = models.TextField()
    given_by = models.TextField()
    given_at = models.DateTimeField()
    withdrawn_by = models.TextField(blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "seal_authority"
        verbose_name_plural = "authorities"


class Ordered(models.Model):
    """A paper the keeper has had sealed by an act of their own: this version of it, with this very content."""

    pk = models.CompositePrimaryKey("paper", "version", "digest")
    paper = models.UUIDField()
    version = models.IntegerField()
    digest = models.TextField()
    seal = models.ForeignKey(Seal, on_delete=models.CASCADE, db_column="seal", db_index=False, related_name="ordered")
    by = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "seal_ordered"
        verbose_name_plural = "ordered"


class Use(models.Model):
    """One use of a seal. `number`: the key's own count; `digest`: SHA-256 of the paper before, `sealed`: and after.

    `signed`: SHA-256 of what the key has signed, as its journal has it.
    """

    pk = models.CompositePrimaryKey("paper", "version")
    paper = models.UUIDField()
    version = models.IntegerField()
    seal = models.ForeignKey(Seal, on_delete=models.CASCADE, db_column="seal", db_index=False, related_name="uses")
    number = models.IntegerField()
    kind = models.TextField()
    stream = models.UUIDField()
    position = models.IntegerField()
    digest = models.TextField()
    signed = models.TextField()
    sealed = models.TextField()
    by = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "seal_use"
        constraints = [models.UniqueConstraint(fields=["seal", "number"], name="seal_use_number")]
        indexes = [models.Index(fields=["seal", "-at"], name="seal_use_newest")]


class Refusal(models.Model):
    """A request for a seal that was refused. `seal` is None where no seal could be meant; `code`: why, in words."""

    pk = models.CompositePrimaryKey("stream", "position")
    stream = models.UUIDField()
    position = models.IntegerField()
    seal = models.ForeignKey(
        Seal, null=True, on_delete=models.CASCADE, db_column="seal", db_index=False, related_name="refusals"
    )
    agency = models.TextField()
    kind = models.TextField()
    paper = models.UUIDField()
    version = models.IntegerField()
    code = models.TextField()
    by = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "seal_refusal"
        indexes = [
            models.Index(fields=["agency", "-at"], name="seal_refusal_newest"),
            models.Index(fields=["paper"], name="seal_refusal_paper"),
        ]
