"""django-viewflow 2.4, the usual way: a declared flow, one task row per step, locked and executed by its activation.

Two forms, chosen by the first argument: `handle` (Handle nodes run from code, the default) and `view` (View nodes:
assign, start and execute in one transaction, where viewflow's own pages take two requests). Both are kinder than a
real installation: no page, no permission check, no extra event row, for the Task rows are the history.
"""

import sys
from importlib.metadata import version
from typing import Any, ClassVar

from django.db import transaction
from django.utils import timezone

from peers import django_setup
from peers.lifecycle import MATERIALS, Peer, form, materials
from peers.protocol import serve

APPS = ("django.contrib.contenttypes", "django.contrib.auth", "viewflow", "viewflow.workflow")
TASKS = 11  # submit, accept, assign, split, review a and b, join, decide, issue, close, end


class Viewflow(Peer[int]):
    """The flow with Handle nodes."""

    per_case: ClassVar[dict[str, int]] = {
        "closed": 1,
        "materials": len(MATERIALS),
        "results": 1,
        "tasks_done": TASKS,
        "whole_histories": 1,
    }

    def open(self, url: str, create: bool) -> None:
        """Configure Django for this database; models and flows are imported after that."""
        django_setup.configure(url, APPS, migrate=create)
        from peers import viewflow_flows, viewflow_models

        self.tables = viewflow_models
        if create:
            django_setup.create_tables()
        self.choose(viewflow_flows)

    def choose(self, flows: Any) -> None:
        """Which of the two flows."""
        self.flow = flows.HandleFlow

    def census(self) -> dict[str, int]:
        """From viewflow's tables and ours; a whole history is eleven finished tasks of eleven different nodes."""
        return django_setup.count(
            {
                "closed": ("SELECT count(*) FROM viewflow_process WHERE status = 'DONE' AND finished IS NOT NULL"),
                "materials": "SELECT count(*) FROM bench_material",
                "results": "SELECT count(*) FROM bench_result",
                "tasks_done": "SELECT count(*) FROM viewflow_task WHERE status = 'DONE'",
                "whole_histories": (
                    "SELECT count(*) FROM (SELECT process_id FROM viewflow_task GROUP BY process_id"
                    f" HAVING count(*) = {TASKS} AND count(DISTINCT flow_task) = {TASKS}) AS whole"
                ),
            }
        )

    def durability(self) -> str:
        """As the connection says."""
        return django_setup.durability()

    def versions(self) -> dict[str, str]:
        """viewflow on Django."""
        return {"django-viewflow": version("django-viewflow")} | django_setup.versions()

    def submit(self, number: str) -> int:
        """Command 1."""
        with transaction.atomic(durable=True):
            process = self.flow.submit.run(answers={"number": number, **form(number)})
            self.tables.Material.objects.bulk_create(
                self.tables.Material(process_id=process.pk, name=name, digest=digest)
                for name, digest in materials(number)
            )
        return int(process.pk)

    def _task(self, case: int, node: Any) -> Any:
        return self.flow.task_class.objects.get(process_id=case, flow_task=node, status="NEW")

    def _command(self, case: int, node: Any) -> None:
        node.run(self._task(case, node))

    def _result(self, case: int) -> None:
        self.tables.Result.objects.create(process_id=case, number=f"许可{case:08d}", issued_at=timezone.now())

    def accept(self, case: int) -> None:
        """Command 2."""
        self._command(case, self.flow.accept)

    def assign(self, case: int) -> None:
        """Command 3."""
        self._command(case, self.flow.assign)

    def review(self, case: int, step: str) -> None:
        """Commands 4 and 5."""
        self._command(case, self.flow.review_a if step == "a" else self.flow.review_b)

    def decide(self, case: int) -> None:
        """Command 6."""
        self._command(case, self.flow.decide)

    def issue(self, case: int) -> None:
        """Command 7."""
        self.flow.issue.run(self._task(case, self.flow.issue), record=self._result)

    def close(self, case: int) -> None:
        """Command 8."""
        self._command(case, self.flow.close)


class ViewflowViews(Viewflow):
    """The flow with View nodes."""

    def choose(self, flows: Any) -> None:
        """Every step is taken by one officer, who is a row of the users' table."""
        from django.contrib.auth.models import User

        self.flow = flows.ViewFlow
        self.officer, _ = User.objects.get_or_create(username="officer")

    def _command(self, case: int, node: Any) -> None:
        with self._task(case, node).activation() as activation:
            activation.assign(self.officer)
            activation.start(None)
            if node is self.flow.issue:
                self._result(case)
            activation.execute()

    def issue(self, case: int) -> None:
        """Command 7."""
        self._command(case, self.flow.issue)


if __name__ == "__main__":
    serve(ViewflowViews if sys.argv[1:] == ["view"] else Viewflow)
