"""The case of `fsm_peer.py`: its state is a protected field of django-fsm-2, moved only by transitions."""

from django_fsm import RETURN_VALUE, FSMField, transition

from peers.orm_tables import CaseFields


class Case(CaseFields):
    """A case; a transition in the wrong state raises TransitionNotAllowed."""

    state = FSMField(default="new", protected=True)

    class Meta:
        db_table = "bench_case"

    @transition(field=state, source="new", target="submitted")
    def submit(self) -> None:
        """Command 1."""

    @transition(field=state, source="submitted", target="accepted")
    def accept(self) -> None:
        """Command 2."""

    @transition(field=state, source="accepted", target="reviewing")
    def assign(self) -> None:
        """Command 3."""
        self.pending = 2

    @transition(field=state, source="reviewing", target=RETURN_VALUE("reviewing", "reviewed"))
    def review(self) -> str:
        """Commands 4 and 5."""
        self.pending -= 1
        return "reviewing" if self.pending else "reviewed"

    @transition(field=state, source="reviewed", target="decided")
    def decide(self) -> None:
        """Command 6."""

    @transition(field=state, source="decided", target="issued")
    def issue(self) -> None:
        """Command 7."""

    @transition(field=state, source="issued", target="closed")
    def close(self) -> None:
        """Command 8."""
