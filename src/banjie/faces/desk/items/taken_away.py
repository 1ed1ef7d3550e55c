"""A procedure as a file to take away: national JSON, a workbook, the rulebook's YAML."""

from collections.abc import Callable, Mapping

from django.http import Http404, HttpResponse

from banjie.engine.law import Procedure
from banjie.engine.not_possible import NotPossible
from banjie.faces.desk.items import organisation
from banjie.records.accounts.models import User
from banjie.records.catalogue import elements, rulebook, spreadsheet
from banjie.records.organisation.rulebook import BadRulebook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def taken_away(procedure: Procedure, kind: str, state: str, language: str) -> HttpResponse:
    """The file as an attachment. Http404 for a kind there is not; NotPossible("not_to_be_written") says why not."""
    if kind not in KINDS:
        raise Http404
    media, make = KINDS[kind]
    response = HttpResponse(make(procedure, state, language), content_type=media)
    name = f"{procedure.code}-v{procedure.version}.{kind.rpartition('.')[2]}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _yaml(procedure: Procedure, state: str, language: str) -> bytes:
    try:
        return rulebook.dump(procedure, organisation.as_loaded(), _username_of).encode()
    except (BadRulebook, LookupError) as problem:
        raise NotPossible("not_to_be_written", why=str(problem)) from problem


def _username_of(pseudonym: str) -> str:
    found = User.objects.filter(pseudonym=pseudonym).values_list("username", flat=True).first()
    if found is None:
        raise LookupError("no account has the contact's pseudonym")
    return str(found)


KINDS: Mapping[str, tuple[str, Callable[[Procedure, str, str], bytes]]] = {
    "c0109.json": ("application/json", lambda each, state, _: elements.national_json(each, "C0109", state)),
    "gbt39046.json": ("application/json", lambda each, state, _: elements.national_json(each, "GB/T 39046", state)),
    "item.xlsx": (XLSX, lambda each, _, language: spreadsheet.export([each], language)),
    "item.yaml": ("application/yaml", _yaml),
}
"""By the last part of the address: media type, and what makes the content."""
