"""Procedures, calendars, lists and clean-up rounds: copies of what was published into the log."""

from django.db import models


class ProcedureVersion(models.Model):
    """A published version of an item's variant (实施清单的一个版本).

    Derived: `rebuild` recreates every row from the streams of kind "procedure", byte for byte. `content` is the
    canonical JSON of the engine's Procedure and `digest` its SHA-256; the other columns are indexes to find it. All
    versions of one code share one `stream`. `withdrawn_on`: from this day no application is taken under it; running
    cases go on.
    """

    code = models.CharField(max_length=50)
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    english = models.CharField(max_length=200, blank=True)
    effective_from = models.DateField()
    withdrawn_on = models.DateField(null=True)
    published_at = models.DateTimeField()
    digest = models.CharField(max_length=64, db_index=True)
    content = models.BinaryField()
    stream = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="procedure_version_once")]


class ProceedingVersion(models.Model):
    """A published version of a procedure an agency opens itself (依职权): what it does to which type of licence.

    Derived: `rebuild` recreates every row from the streams of kind "proceeding", byte for byte. A ProcedureVersion but
    in this: nobody can apply for one, so it stands apart from those.
    """

    code = models.CharField(max_length=50)
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    english = models.CharField(max_length=200, blank=True)
    licence = models.CharField(max_length=40)
    act = models.CharField(max_length=20)
    effective_from = models.DateField()
    digest = models.CharField(max_length=64, db_index=True)
    content = models.BinaryField()
    stream = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="proceeding_version_once")]


class CalendarVersion(models.Model):
    """A version of a calendar: which days of which years are working days, as known when it was loaded.

    Derived: `rebuild` recreates every row from the streams of kind "calendar", byte for byte. Cases count by the
    version they name; the newest of its region (`position` in the stream) is the one a new case starts with.
    """

    version = models.CharField(max_length=40, unique=True)
    region = models.CharField(max_length=12)
    loaded_at = models.DateTimeField()
    digest = models.CharField(max_length=64, db_index=True)
    content = models.BinaryField()
    stream = models.UUIDField()
    position = models.PositiveIntegerField()


class Edition(models.Model):
    """How often the catalogue has changed: one row. No truth, only a hint for whoever keeps what they read of it."""

    number = models.BigIntegerField()

    class Meta:
        db_table = "catalogue_edition"


class ListVersion(models.Model):
    """A version of a list (清单) of a region: one adjustment of it, with its day, its reason and its public notice.

    Derived: `rebuild` recreates every row from the streams of kind "list", one stream a region and kind of list.
    `on`: from this day it counts. `channels`: where and when it was made public, as [{medium, on, place}].
    """

    region = models.CharField(max_length=12)
    kind = models.CharField(max_length=20)
    version = models.PositiveIntegerField()
    on = models.DateField()
    adjusted_at = models.DateTimeField()
    reason = models.TextField()
    notice = models.TextField()
    changes = models.JSONField()
    channels = models.JSONField(default=list)
    stream = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["region", "kind", "version"], name="list_version_once")]


class ListEntry(models.Model):
    """An entry of a list as it read from `since` until the day `until` (None: it stands). Derived like ListVersion.

    `version`: of the list, by which it came. `entry` is its id on the list; the other columns are those of
    `register.Entry`. An entry that was modified has a row for each reading of it.
    """

    region = models.CharField(max_length=12)
    kind = models.CharField(max_length=20)
    entry = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    name = models.TextField()
    holder = models.TextField(blank=True)
    basis = models.TextField(blank=True)
    duty = models.TextField(blank=True)
    item_class = models.CharField(max_length=20, blank=True)
    level = models.CharField(max_length=10, blank=True)
    amount = models.BigIntegerField(default=0)
    per = models.CharField(max_length=40, blank=True)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        verbose_name_plural = "list entries"
        constraints = [
            models.UniqueConstraint(fields=["region", "kind", "entry", "version"], name="list_entry_once_a_version"),
        ]


class Round(models.Model):
    """A clean-up round (清理) over the items of a region, from its baseline to what it brought.

    Derived: `rebuild` recreates every row from the streams of kind "round", one a round. `units`: who is in its scope,
    and who is excluded for which reason, as [{unit, name, excluded, reason}]. `next_on`: when the next one is due.
    """

    stream = models.UUIDField(primary_key=True)
    region = models.CharField(max_length=12)
    name = models.CharField(max_length=100)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    next_on = models.DateField(null=True)
    units = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["region", "name"], name="round_name_once_a_region")]


class RoundItem(models.Model):
    """A procedure in a clean-up round: its counts before and after, and what is to become of its item.

    `item`: the item's code (31), shared by its variants; outcome and findings are the item's. `before` and `after`:
    {steps, materials, statutory, committed}, limits as {number, unit}; `after` is null until the round closes, and for
    what is no longer offered. Derived like Round.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="items")
    code = models.CharField(max_length=50)
    item = models.CharField(max_length=31)
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    unit = models.CharField(max_length=40)
    item_class = models.CharField(max_length=20)
    item_kind = models.CharField(max_length=10)
    before = models.JSONField()
    after = models.JSONField(null=True)
    findings = models.JSONField(default=list)
    outcome = models.CharField(max_length=10, blank=True)
    outcome_reason = models.TextField(blank=True)
    level = models.CharField(max_length=10, blank=True)
    receiver = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "code"], name="round_item_once")]


class SearchDocument(models.Model):
    """A published version as the search sees it: from `effective_from` to the day before `until` (None: no end known).

    Derived, like SearchGram: `search.rebuild` makes both again from the versions. `place` ascends as codes do, with
    gaps. `body` and `initials` have their shape from `search.text`.
    """

    place = models.BigIntegerField(primary_key=True)
    code = models.CharField(max_length=50)
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    english = models.CharField(max_length=200, blank=True)
    effective_from = models.DateField()
    until = models.DateField(null=True)
    body = models.TextField()
    initials = models.TextField(blank=True)

    class Meta:
        db_table = "catalogue_search_document"
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="search_document_once")]


class SearchGram(models.Model):
    """A piece of text (one character, two neighbours, a whole name, initials) and the documents that have it.

    `rank`: at which of the ranks of `search.text`. `places`: of the documents, ascending, four bytes each, the lowest
    byte first.
    """

    pk = models.CompositePrimaryKey("gram", "rank")
    gram = models.CharField(max_length=60)
    rank = models.SmallIntegerField()
    places = models.BinaryField()

    class Meta:
        db_table = "catalogue_search_gram"


class BaseItem(models.Model):
    """A base item (基本目录事项, 12 digits) in its newest version: what every agency that claims it takes over.

    Derived from the streams of kind "base_item". `fields`: the inherited fields and their values, by the name of the
    field of a procedure ("name", "basis", "guide.conditions", …). `source`: who keeps the catalogue it comes from.
    """

    code = models.CharField(max_length=12, primary_key=True)
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    item_type = models.CharField(max_length=2)
    source = models.CharField(max_length=60)
    fields = models.JSONField()
    cancelled_on = models.DateField(null=True)
    stream = models.UUIDField()


class Item(models.Model):
    """An item (实施事项, 31): an agency at a level exercises a base item; it has claimed (认领) one version of it.

    Derived from the streams of kind "item". `state`: in_use, suspended, cancelled. `moved_to`: the code under which
    another agency goes on from `moved_on`; `finishes`: the agency that finishes the cases that run then.
    """

    code = models.CharField(max_length=31, primary_key=True)
    base = models.ForeignKey(BaseItem, on_delete=models.PROTECT, related_name="items")
    region = models.CharField(max_length=12)
    agency = models.CharField(max_length=40)
    level = models.CharField(max_length=1)
    claimed_version = models.PositiveIntegerField()
    claimed_on = models.DateField()
    state = models.CharField(max_length=10, default="in_use")
    since = models.DateField()
    reason = models.TextField(blank=True)
    moved_to = models.CharField(max_length=31, blank=True)
    moved_on = models.DateField(null=True)
    finishes = models.CharField(max_length=40, blank=True)
    stream = models.UUIDField()


class UpstreamChange(models.Model):
    """A task for an item's keeper: the base item has a newer version than the one claimed. `diff`: {field: [old, new]}.

    Derived like Item. `settled_on`: the day the item claimed the newer version.
    """

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="upstream_changes")
    version = models.PositiveIntegerField()
    diff = models.JSONField()
    opened_on = models.DateField()
    settled_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "version"], name="upstream_change_once")]


class Draft(models.Model):
    """A version of a procedure in the making. Truth, and nobody's law: what is published of it stands in the log.

    `content`: canonical JSON of the engine's Procedure, `digest` its SHA-256. `origin`: what it was made from, as a
    code and version, or a file's name. `published_version`: 0 until it is published; then it changes no more.
    """

    id = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=50)
    region = models.CharField(max_length=12)
    name = models.CharField(max_length=200)
    content = models.BinaryField()
    digest = models.CharField(max_length=64)
    origin = models.CharField(max_length=80, blank=True)
    changed_by = models.CharField(max_length=64)
    changed_at = models.DateTimeField()
    published_version = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["region", "code"], name="draft_region_code")]


class SignOff(models.Model):
    """An office's consent to the very content of a draft (M047). Truth until it is published, then in the fact too."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="sign_offs")
    office = models.CharField(max_length=20)
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "office"], name="sign_off_once_an_office")]


class Finding(models.Model):
    """A published version that the gate would refuse today, because something around it has changed (M028): a task.

    Derived: `recheck` finds them. `facts`: what the words of `reason` need. `settled_on`: the day it was mended.
    """

    code = models.CharField(max_length=50)
    version = models.PositiveIntegerField()
    region = models.CharField(max_length=12)
    reason = models.CharField(max_length=60)
    facts = models.JSONField()
    found_on = models.DateField()
    settled_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["region", "settled_on"], name="finding_region_open")]


class GuideBatch(models.Model):
    """A batch of guides and where it was made public (上网上墙, M048). Derived from the streams of kind "guide_batch".

    `guides`: the published versions, as [[code, version]]. `channels`: [{channel, on, place}], each channel once.
    """

    stream = models.UUIDField(primary_key=True)
    region = models.CharField(max_length=12)
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=100)
    guides = models.JSONField()
    channels = models.JSONField(default=list)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "guide batches"
        constraints = [models.UniqueConstraint(fields=["region", "number"], name="guide_batch_once_a_region")]
