"""The case as a flow of viewflow, twice: its human steps as View nodes, and as Handle nodes called from code."""

from typing import Any

from django.db import connection
from viewflow import this
from viewflow.workflow import flow, lock

from peers.viewflow_models import CaseProcess

# viewflow's system check asks for a real lock where a flow joins. On SQLite BEGIN IMMEDIATE is one already.
LOCK = lock.no_lock if connection.vendor == "sqlite" else lock.select_for_update_lock


def _page(request: Any) -> None:
    """Stands for the page of a human step; only its activation is measured."""


def _start(activation: Any, answers: dict[str, Any]) -> Any:
    for name, value in answers.items():
        setattr(activation.process, name, value)
    return activation.process


class ViewFlow(flow.Flow):
    """Human steps are View nodes: assigned to an officer, started, executed."""

    process_class = CaseProcess
    lock_impl = LOCK

    submit = flow.StartHandle(this.start).Next(this.accept)
    accept = flow.View(_page).Next(this.assign)
    assign = flow.View(_page).Next(this.split)
    split = flow.Split().Next(this.review_a).Next(this.review_b)
    review_a = flow.View(_page).Next(this.join)
    review_b = flow.View(_page).Next(this.join)
    join = flow.Join().Next(this.decide)
    decide = flow.View(_page).Next(this.issue)
    issue = flow.View(_page).Next(this.close)
    close = flow.View(_page).Next(this.end)
    end = flow.End()

    def start(self, activation: Any, answers: dict[str, Any]) -> Any:
        """Put the answered form on the new process."""
        return _start(activation, answers)


class HandleFlow(flow.Flow):
    """The same steps as Handle nodes: no owner, run by a call."""

    process_class = CaseProcess
    lock_impl = LOCK

    submit = flow.StartHandle(this.start).Next(this.accept)
    accept = flow.Handle().Next(this.assign)
    assign = flow.Handle().Next(this.split)
    split = flow.Split().Next(this.review_a).Next(this.review_b)
    review_a = flow.Handle().Next(this.join)
    review_b = flow.Handle().Next(this.join)
    join = flow.Join().Next(this.decide)
    decide = flow.Handle().Next(this.issue)
    issue = flow.Handle(this.on_issue).Next(this.close)
    close = flow.Handle().Next(this.end)
    end = flow.End()

    def start(self, activation: Any, answers: dict[str, Any]) -> Any:
        """Put the answered form on the new process."""
        return _start(activation, answers)

    def on_issue(self, activation: Any, record: Any) -> None:
        """Write the result in the step's own transaction."""
        record(activation.process.pk)
