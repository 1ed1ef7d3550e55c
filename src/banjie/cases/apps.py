"""The Django app of the cases."""

from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate


class CasesConfig(AppConfig):
    """Cases and the rows derived from them."""

    name = "banjie.cases"
    label = "cases"

    def ready(self) -> None:
        """After every migration, put the tables of cases under PostgreSQL's own lock."""
        post_migrate.connect(_guard, dispatch_uid="banjie.cases.guard")
        checks.register(_is_guarded, checks.Tags.security, deploy=True)


def _guard(using: str, **_: Any) -> None:
    from banjie.store.postgresql import guarding  # the models are not loaded before the house is set up

    guarding.guard(using)


def _is_guarded(**_: Any) -> list[checks.CheckMessage]:
    """Of a database that is to serve real people: the second lock stands, and binds whoever the program logs in as."""
    from banjie.store.postgresql import guarding

    return [checks.Error(f"{each}: {guarding.OPEN}", id="banjie.E001") for each in guarding.unguarded()]
