"""Programs check a paper as people do: by number, by code, by file; and learn no more of anybody."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from banjie.duties.licences import queries
from tests.county import County
from tests.faces.desk.test_licences import county
from tests.faces.portal.test_licences import held, paper_of, sealed

pytestmark = pytest.mark.database

__all__ = ["county"]
BASE = "/api/v1/verify"


def test_a_program_checks_a_licence_by_number_code_and_file(county: County) -> None:
    row, client = held(county), Client()
    content = sealed(county, row)

    by_number = client.get(BASE, {"number": row.number}).json()
    by_code = client.get(BASE, {"code": paper_of(row).stream.hex}).json()
    file = SimpleUploadedFile("x.pdf", content, content_type="application/pdf")
    by_file = client.post(f"{BASE}/files", {"file": file}).json()
    changed = SimpleUploadedFile("x.pdf", content[:2000] + b"!" + content[2001:], content_type="application/pdf")
    altered = client.post(f"{BASE}/files", {"file": changed}).json()

    for told in (by_number, by_code, by_file):
        assert (told["answer"], told["state"], told["reliable"]) == ("genuine", "valid", True)
        assert told["identifier"] == row.identifier
        assert queries.content_of(row)["holder"]["id_number"] not in str(told)
    assert by_file["compared_by_file"] is True
    assert (altered["answer"], altered["reliable"]) == ("altered", False)
    assert client.get(BASE, {"number": "JY-1"}).json()["answer"] == "unknown"
    assert client.get(BASE).status_code == 422


def test_whoever_asks_in_vain_too_often_is_told_to_wait(county: County) -> None:
    client = Client(REMOTE_ADDR="10.9.0.1")

    answers = [client.get(BASE, {"number": f"JY-{n}"}).status_code for n in range(6)]

    assert answers == [200] * 5 + [409]
    assert client.get(BASE, {"number": "JY-9"}).json()["code"] == "too_many_checks"
