"""django-fsm-2: the plain Django way with the state field guarded by declared transitions.

Each command locks the row, calls the transition of the same name, saves, and creates the event, as its documentation
advises for concurrent use; everything else is as in `plain_orm.py`.
"""

from importlib.metadata import version

from django.db import transaction
from django.utils import timezone

from peers import django_setup
from peers.lifecycle import CENSUS, REVIEWS, Peer, form, materials, words
from peers.protocol import serve


class Fsm(Peer[int]):
    """Django models with an FSMField."""

    def open(self, url: str, create: bool) -> None:
        """Configure Django for this database; models are imported after that."""
        django_setup.configure(url, ("django_fsm",))
        from peers import fsm_models, orm_tables

        self.tables, self.Case = orm_tables, fsm_models.Case
        if create:
            django_setup.create_tables()

    def census(self) -> dict[str, int]:
        """From the tables."""
        return django_setup.count(CENSUS)

    def durability(self) -> str:
        """As the connection says."""
        return django_setup.durability()

    def versions(self) -> dict[str, str]:
        """django-fsm-2 on Django."""
        return {"django-fsm-2": version("django-fsm-2")} | django_setup.versions()

    def submit(self, number: str) -> int:
        """Command 1."""
        tables, at = self.tables, timezone.now()
        with transaction.atomic(durable=True):
            case = self.Case(number=number, form=form(number), seq=1, created_at=at, updated_at=at)
            case.submit()
            case.save()
            tables.Material.objects.bulk_create(
                tables.Material(case=case, name=name, digest=digest) for name, digest in materials(number)
            )
            payload = words("submitted", "applicant")
            tables.Event.objects.create(case=case, seq=1, kind="submitted", payload=payload, at=at)
        return case.pk

    def _command(self, pk: int, move: str, kind: str, review: str | None = None) -> None:
        tables, at = self.tables, timezone.now()
        with transaction.atomic(durable=True):
            case = self.Case.objects.select_for_update().get(pk=pk)
            getattr(case, move)()
            if kind == "assigned":
                tables.Step.objects.bulk_create(
                    tables.Step(case=case, name=name, officer=f"officer-{name}") for name in REVIEWS
                )
            if review is not None:
                step = tables.Step.objects.get(case=case, name=review, state="open")
                step.state, step.done_at = "done", at
                step.save()
            case.seq += 1
            case.updated_at = at
            case.save()
            payload = words(kind, "officer")
            tables.Event.objects.create(case=case, seq=case.seq, kind=kind, payload=payload, at=at)
            if kind == "issued":
                tables.Result.objects.create(case=case, number=f"许可{pk:08d}", issued_at=at)

    def accept(self, case: int) -> None:
        """Command 2."""
        self._command(case, "accept", "accepted")

    def assign(self, case: int) -> None:
        """Command 3."""
        self._command(case, "assign", "assigned")

    def review(self, case: int, step: str) -> None:
        """Commands 4 and 5."""
        self._command(case, "review", "reviewed", review=step)

    def decide(self, case: int) -> None:
        """Command 6."""
        self._command(case, "decide", "decided")

    def issue(self, case: int) -> None:
        """Command 7."""
        self._command(case, "issue", "issued")

    def close(self, case: int) -> None:
        """Command 8."""
        self._command(case, "close", "closed")


if __name__ == "__main__":
    serve(Fsm)
