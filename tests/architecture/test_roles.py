"""Every page and every endpoint declares who may open it."""

import inspect
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from ninja.openapi import views as described
from ninja.operation import PathView

from banjie.web.roles import ROLES, declared_roles

DESCRIBES_THE_API = {described.default_home, described.openapi_json, described.openapi_view}
"""What django-ninja itself adds: the description of the API, which is public and holds no data."""


def views(resolver: URLResolver, above: str = "") -> Iterator[tuple[str, Any]]:
    """Every view with the pattern of its address."""
    for each in resolver.url_patterns:
        address = above + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from views(each, address)
        else:
            assert isinstance(each, URLPattern)
            yield from endpoints(address, each.callback)


def endpoints(address: str, view: Callable[..., Any]) -> Iterator[tuple[str, Any]]:
    """The view itself, or the operations behind an address of the API."""
    behind = inspect.getclosurevars(view).nonlocals.get("self") if inspect.isfunction(view) else None
    if isinstance(behind, PathView):
        for operation in behind.operations:
            yield f"{'/'.join(operation.methods)} {address}", operation.view_func
    elif not (isinstance(view, partial) and view.func in DESCRIBES_THE_API):
        yield address, view


def test_every_view_declares_its_roles():
    found = dict(views(get_resolver()))

    assert len(found) > 5
    assert [address for address, view in found.items() if not declared_roles(view)] == []


def test_only_roles_there_are_are_declared():
    declared = {role for _, view in views(get_resolver()) for role in declared_roles(view) or ()}

    assert declared <= ROLES


def test_a_view_without_roles_would_be_found():
    def forgot(request: Any) -> None: ...

    assert [view for _, view in endpoints("x/", forgot)] == [forgot]
    assert not declared_roles(forgot)
