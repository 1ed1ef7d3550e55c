"""Applying as a person does: page after page, with what each page shows standing in its fields."""

import re
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from tests.county import County
from tests.faces.pages import Form, all_forms_of

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PREMISES = "云岭县城关镇示范街18号"


def pdf(name: str, more: bytes = b"") -> SimpleUploadedFile:
    """A small file of a kind that is taken."""
    return SimpleUploadedFile(name, PDF + more, content_type="application/pdf")


def particulars(county: County, role: str = "applicant", **changes: object) -> dict[str, object]:
    """The fields about the applicant."""
    told = {f"applicant.{key}": value for key, value in county.applicant(role).particulars.items()}
    return {**told, **changes}


def answers(**changes: object) -> dict[str, object]:
    """The answers of a food licence."""
    plain = {
        "answers.place_name": "山居小馆",
        "answers.premises": PREMISES,
        "answers.business_format": "catering",
        "answers.area": "86",
        "answers.is_chain": "no",
        "answers.uses_machines": "no",
        "answers.has_agent": "no",
    }
    return {**plain, **changes}


def opened(client: Client, code: str, query: str = "") -> str:
    """The address of a fresh form, without its page."""
    response = client.get(f"/items/{code}/apply/{query}")
    assert response.status_code == 302, response.status_code
    return str(response["Location"])


def page(address: str, name: str) -> str:
    """The address of one of the form's pages."""
    path, question, query = address.partition("?")
    return f"{path}{name}/{question}{query}"


def form_of(response: HttpResponse) -> Form:
    """The form of a page of the application, with what stands in its fields."""
    content = response.content.decode()
    assert 'class="application"' in content, content[:2000]
    before = content.partition('class="application"')[0]
    return all_forms_of(response)[len(re.findall(r"<form\b", before)) - 1]


def send(client: Client, address: str, name: str, typed: Mapping[str, Any], **how: Any) -> HttpResponse:
    """Open a page, fill it in, press its button."""
    shown = client.get(page(address, name))
    assert shown.status_code == 200, (name, shown.status_code, shown.get("Location"))
    return client.post(page(address, name), {**form_of(shown).values, **typed}, **how)


def handed_in(
    county: County, client: Client, typed: Mapping[str, Any] | None = None, code: str = "", role: str = "applicant",
    consent: bool = True,
) -> HttpResponse:  # fmt: skip
    """A food licence (or what `typed` says) applied for from the first page to the receipt."""
    address = opened(client, code or county.code())
    everything = {**particulars(county, role), **(typed if typed is not None else answers())}
    for name in ("applicant", "questions", "materials"):
        first = {"applicant": "applicant.", "questions": "answers.", "materials": "file."}[name]
        mine = {key: value for key, value in everything.items() if key.startswith(first)}
        sent = send(client, address, name, mine)
        assert sent.status_code == 302, (name, sent.status_code, sent.content.decode()[-3000:])
    last = {"declared": "on", **({"e_service": "on"} if consent else {})}
    return send(client, address, "check", last, follow=True)
