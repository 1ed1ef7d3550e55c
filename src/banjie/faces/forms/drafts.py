"""Saving an application and going on later: a draft belongs to one account, lies sealed, and goes after 90 days.

What was typed is a form's fields and their values, by name; files wait in the store and are named by their tokens.
Two saves at once do not lose one another's files: each reads, merges and writes under the row's lock.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from banjie.engine.commands import Actor
from banjie.faces.forms.models import ApplicationDraft, DraftFile
from banjie.store.files.sweep import discard as discard_files
from banjie.store.keys import parcel
from banjie.store.keys.keyring import SealBroken, keyring
from banjie.store.keys.rewrap import WRAPPER

DAYS = 90
FOR = ">"
Typed = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it was saved last. `numbers`: what was handed in already, as item code and query number."""

    id: UUID
    owner: str
    codes: tuple[str, ...]
    typed: Typed = field(default_factory=dict)
    page: str = ""
    numbers: tuple[tuple[str, str], ...] = ()
    changed_at: datetime | None = None
    expires_on: date | None = None

    @property
    def is_handed_in(self) -> bool:
        """Whether everything in it was handed in."""
        return len(self.numbers) == len(self.codes)


def owner_of(actor: Actor) -> str:
    """Whose drafts somebody works on: their own, or those for whoever they act for, which are theirs alone too."""
    return f"{actor.id}{FOR}{actor.on_behalf_of}" if actor.on_behalf_of else actor.id


def find(id: UUID, owner: str) -> Draft | None:
    """This account's draft; None for one that is not there, not theirs, or gone by time."""
    row = ApplicationDraft.objects.opened(owner=[owner]).filter(id=id, owner=owner).first()
    return _opened(row) if row else None


def taken_by(id: UUID) -> str:
    """The account that has a draft of this id; "" for none."""
    row = ApplicationDraft.objects.kept().filter(id=id).only("owner").first()
    return row.owner.partition(FOR)[0] if row else ""


def of(owner: str, on: date) -> list[Draft]:
    """The drafts of an account that can be gone on with, the newest first."""
    rows = (
        ApplicationDraft.objects.opened(owner=[owner]).filter(owner=owner, expires_on__gte=on).order_by("-changed_at")
    )
    return [draft for row in rows if (draft := _opened(row)) and not draft.is_handed_in]


def save(
    id: UUID,
    owner: str,
    codes: tuple[str, ...],
    page: str,
    now: datetime,
    merge: Callable[[Typed], tuple[Typed, Iterable[str]]],
) -> Draft | None:
    """Save what `merge` makes of what was typed before, with the ids of the files it waits with.

    None where the draft is another account's. One that was handed in stays as it is.
    """
    with transaction.atomic():
        row = ApplicationDraft.objects.kept().select_for_update().filter(id=id).first()
        if row is not None and row.owner != owner:
            return None
        known = _opened(row) if row else None
        if known and known.is_handed_in:
            return known
        typed, files = merge(known.typed if known else {})
        wrapped, sealed = parcel.close(_label(id), json.dumps(typed, ensure_ascii=False).encode())
        told = {
            "page": page,
            "wrapped": wrapped,
            "sealed": sealed,
            "changed_at": now,
            "expires_on": now.date() + timedelta(DAYS),
        }
        if row is None:
            row = ApplicationDraft.objects.kept().create(id=id, owner=owner, codes=list(codes), opened_at=now, **told)
        else:
            ApplicationDraft.objects.kept().filter(id=id).update(**told)
        wanted = {UUID(each) for each in files}
        waiting = set(DraftFile.objects.kept().filter(draft=row).values_list("file", flat=True))
        DraftFile.objects.kept().filter(draft=row, file__in=waiting - wanted).delete()
        new = [DraftFile(file=each, draft=row) for each in sorted(wanted - waiting)]
        DraftFile.objects.kept().bulk_create(new, ignore_conflicts=True)
    return find(id, owner)


def handed_in(draft: Draft, code: str, number: str) -> Draft:
    """Note that an item was handed in under a number; with the last one everything that was typed is gone."""
    with transaction.atomic():
        row = ApplicationDraft.objects.kept().select_for_update().get(id=draft.id)
        if code not in dict(row.numbers):
            row.numbers = [*row.numbers, [code, number]]
        if len(row.numbers) == len(row.codes):
            row.wrapped, row.sealed = parcel.close(_label(row.id), b"{}")
            DraftFile.objects.kept().filter(draft=row).delete()
        row.save(update_fields=["numbers", "wrapped", "sealed"])
    return find(draft.id, draft.owner) or draft


def discard(id: UUID, owner: str) -> bool:
    """Delete a draft with its files; whether there was one to delete."""
    with transaction.atomic():
        row = ApplicationDraft.objects.kept().select_for_update().filter(id=id, owner=owner).first()
        if row is None:
            return False
        files = [each.hex for each in DraftFile.objects.kept().filter(draft=row).values_list("file", flat=True)]
        row.delete()
    discard_files(files, owner.partition(FOR)[0])
    return True


def sweep(on: date) -> int:
    """Delete the drafts whose 90 days are over, and return how many. Their files go with the next sweep of uploads."""
    over = ApplicationDraft.objects.kept().filter(expires_on__lt=on)
    count = over.count()
    over.delete()
    return count


def waiting_for(files: Iterable[UUID]) -> set[UUID]:
    """Which of these files a draft waits with."""
    return set(DraftFile.objects.kept().filter(file__in=list(files)).values_list("file", flat=True))


class Drafts:
    """The keys of drafts."""

    name = "drafts"

    def rewrap(self, limit: int = 1000) -> int:
        """Wrap up to `limit` of them anew after a rotation."""
        return rewrap(limit)

    def left(self, key_id: str) -> int:
        """How many lie under this key."""
        return _under([key_id]).count()


def rewrap(limit: int = 1000) -> int:
    """Wrap up to `limit` keys of drafts anew after a rotation and return how many; 0 when all are under the newest."""
    with transaction.atomic():
        rows = list(_under(keyring().older).select_for_update(of=("self",)).only("id", "wrapped")[:limit])
        for row in rows:
            row.wrapped = parcel.rewrapped(_label(row.id), bytes(row.wrapped))
            row.save(update_fields=["wrapped"])
    return len(rows)


def _under(key_ids: list[str]) -> QuerySet[ApplicationDraft]:
    wrappers = [bytes.fromhex(each) for each in key_ids]
    return ApplicationDraft.objects.kept().alias(wrapper=WRAPPER).filter(wrapper__in=wrappers)


def sealed_answers(code: str, typed: Mapping[str, list[str]]) -> str:
    """Answers given before anybody signed in, as a text for an address that tells nothing to whoever reads it."""
    return keyring().wrap(f"situation|{code}", json.dumps(dict(typed), ensure_ascii=False).encode()).hex()


def opened_answers(code: str, text: str) -> Typed:
    """Those answers again; none where the text is not ours."""
    try:
        told = json.loads(keyring().unwrap(f"situation|{code}", bytes.fromhex(text)))
    except (ValueError, SealBroken):
        return {}
    return dict(told)


def _opened(row: ApplicationDraft) -> Draft | None:
    try:
        typed = json.loads(parcel.unclose(_label(row.id), bytes(row.wrapped), bytes(row.sealed)))
    except SealBroken:
        return None
    numbers = tuple((code, number) for code, number in row.numbers)
    return Draft(row.id, row.owner, tuple(row.codes), typed, row.page, numbers, row.changed_at, row.expires_on)


def _label(id: UUID) -> str:
    return f"application-draft|{id.hex}"
