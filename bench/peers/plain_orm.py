"""The ordinary Django way: lock the row, look at it, change it, save it, create the event.

`select_for_update().get()` (no lock on SQLite, where BEGIN IMMEDIATE already holds it), `save()` and `create()`, in
one `transaction.atomic(durable=True)` a command. Materials and steps go in by `bulk_create`.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone

from peers import django_setup
from peers.lifecycle import CENSUS, REVIEWS, Peer, WrongState, form, materials, words
from peers.protocol import serve


class PlainOrm(Peer[int]):
    """Django models and nothing else."""

    def open(self, url: str, create: bool) -> None:
        """Configure Django for this database; models are imported after that."""
        django_setup.configure(url)
        from peers import orm_tables, plain_models

        self.tables, self.Case = orm_tables, plain_models.Case
        if create:
            django_setup.create_tables()

    def census(self) -> dict[str, int]:
        """From the tables."""
        return django_setup.count(CENSUS)

    def durability(self) -> str:
        """As the connection says."""
        return django_setup.durability()

    def versions(self) -> dict[str, str]:
        """Django, driver, database."""
        return django_setup.versions()

    def submit(self, number: str) -> int:
        """Command 1."""
        tables, at = self.tables, timezone.now()
        with transaction.atomic(durable=True):
            case = self.Case.objects.create(
                number=number, form=form(number), state="submitted", seq=1, created_at=at, updated_at=at
            )
            tables.Material.objects.bulk_create(
                tables.Material(case=case, name=name, digest=digest) for name, digest in materials(number)
            )
            self._event(case, "submitted", "applicant", at)
        return case.pk

    def _event(self, case: Any, kind: str, by: str, at: Any) -> None:
        self.tables.Event.objects.create(case=case, seq=case.seq, kind=kind, payload=words(kind, by), at=at)

    def _command(self, pk: int, before: str, after: str, kind: str, review: str | None = None) -> None:
        tables, at = self.tables, timezone.now()
        with transaction.atomic(durable=True):
            case = self.Case.objects.select_for_update().get(pk=pk)
            if case.state != before:
                raise WrongState(case.state)
            if kind == "assigned":
                case.pending = len(REVIEWS)
                tables.Step.objects.bulk_create(
                    tables.Step(case=case, name=name, officer=f"officer-{name}") for name in REVIEWS
                )
            if review is not None:
                step = tables.Step.objects.get(case=case, name=review, state="open")
                step.state, step.done_at = "done", at
                step.save()
                case.pending -= 1
            if not (review is not None and case.pending):
                case.state = after
            case.seq += 1
            case.updated_at = at
            case.save()
            self._event(case, kind, "officer", at)
            if kind == "issued":
                tables.Result.objects.create(case=case, number=f"许可{pk:08d}", issued_at=at)

    def accept(self, case: int) -> None:
        """Command 2."""
        self._command(case, "submitted", "accepted", "accepted")

    def assign(self, case: int) -> None:
        """Command 3."""
        self._command(case, "accepted", "reviewing", "assigned")

    def review(self, case: int, step: str) -> None:
        """Commands 4 and 5."""
        self._command(case, "reviewing", "reviewed", "reviewed", review=step)

    def decide(self, case: int) -> None:
        """Command 6."""
        self._command(case, "reviewed", "decided", "decided")

    def issue(self, case: int) -> None:
        """Command 7."""
        self._command(case, "decided", "issued", "issued")

    def close(self, case: int) -> None:
        """Command 8."""
        self._command(case, "issued", "closed", "closed")


if __name__ == "__main__":
    serve(PlainOrm)
