"""The rows of inspections. Derived: `rebuild` makes each again from the log. No applicant's personal datum is here."""

from django.db import models

from banjie.cases.scope import KeptManager, RoomRow


class Draw(models.Model):
    """A draw among the cases finished in a time. Derived from a stream of kind "draw".

    `region`: of the agencies that received the cases; `share`: the least part of them that is drawn, in thousandths;
    `candidates`, `size`: how many there were and how many are drawn. `commitment`: the digest of the platform's half of
    the seed, fixed with the list; `nonce` and `beacon`: both halves once they are known, "" before.
    """

    stream = models.UUIDField(primary_key=True)
    region = models.TextField()
    since = models.DateField()
    until = models.DateField()
    share = models.IntegerField()
    candidates = models.IntegerField()
    size = models.IntegerField()
    list_digest = models.TextField()
    commitment = models.TextField()
    opened_at = models.DateTimeField()
    opened_by = models.TextField()
    drawn_at = models.DateTimeField(null=True)
    drawn_by = models.TextField(blank=True)
    nonce = models.TextField(blank=True)
    beacon = models.TextField(blank=True)

    class Meta:
        db_table = "inspection_draw"
        indexes = [models.Index(fields=["region", "since"], name="draw_region")]


class Sampled(RoomRow):
    """A case that was drawn, and who looks at it. `reviewer`: a pseudonym; "" where nobody is left who had no part.

    `outcome`: sound or defects, "" while it waits; `ref`: of what the reviewer wrote.
    """

    pk = models.CompositePrimaryKey("draw_id", "number")
    draw = models.ForeignKey(Draw, on_delete=models.CASCADE, db_column="draw", db_index=False, related_name="sampled")
    number = models.TextField()
    nth = models.IntegerField()
    unit = models.TextField()
    reviewer = models.TextField(blank=True)
    outcome = models.TextField(blank=True)
    defects = models.JSONField(default=list)
    reviewed_at = models.DateTimeField(null=True)
    ref = models.TextField(blank=True)

    objects = KeptManager["Sampled"]()

    class Meta:
        db_table = "inspection_sampled"
        indexes = [models.Index(fields=["reviewer", "outcome"], name="sampled_reviewer")]


class Visit(models.Model):
    """An inspection or a patrol. Derived from a stream of kind "inspection".

    `kind`: open, undercover (明查暗访), daily, unscheduled (巡查); `unit`: where; `inspectors`: pseudonyms.
    """

    stream = models.UUIDField(primary_key=True)
    region = models.TextField()
    kind = models.TextField()
    unit = models.TextField()
    window = models.TextField(blank=True)
    on = models.DateField()
    inspectors = models.JSONField(default=list)
    recorded_by = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "inspection_visit"
        indexes = [
            models.Index(fields=["region", "on"], name="visit_region"),
            models.Index(fields=["unit", "on"], name="visit_unit"),
        ]


class Problem(models.Model):
    """What a visit found wrong. `about`: one of `visits.ABOUT`; `ref`: of the text.

    `settled_at`: when the unit said how it was put right (`answer_ref`); `circular`: the one that told of it, or "".
    """

    pk = models.CompositePrimaryKey("visit_id", "nth")
    visit = models.ForeignKey(
        Visit, on_delete=models.CASCADE, db_column="visit", db_index=False, related_name="problems"
    )
    nth = models.IntegerField()
    unit = models.TextField()
    about = models.TextField()
    ref = models.TextField()
    settled_at = models.DateTimeField(null=True)
    answer_ref = models.TextField(blank=True)
    circular = models.TextField(blank=True)

    class Meta:
        db_table = "inspection_problem"
        indexes = [models.Index(fields=["unit", "settled_at"], name="problem_unit")]


class Circular(models.Model):
    """A circular (通报) of a region: the problems of a time, made public. Derived from a stream of kind "circular"."""

    number = models.TextField(primary_key=True)
    stream = models.UUIDField()
    region = models.TextField()
    since = models.DateField()
    until = models.DateField()
    published_at = models.DateTimeField()
    published_by = models.TextField()
    problems = models.IntegerField()

    class Meta:
        db_table = "inspection_circular"
        indexes = [models.Index(fields=["region", "published_at"], name="circular_region")]


class Standing(models.Model):
    """Who stands at a window on a day, by lot. Derived from a stream of kind "rotation"."""

    pk = models.CompositePrimaryKey("unit", "on", "window")
    unit = models.TextField()
    on = models.DateField()
    window = models.TextField()
    person = models.TextField()
    stream = models.UUIDField()

    class Meta:
        db_table = "inspection_standing"
        indexes = [models.Index(fields=["person", "on"], name="standing_person")]
