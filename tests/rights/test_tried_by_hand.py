"""What was tried by hand over HTTP, and found: each stays tried."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.county import County
from tests.faces.pages import text_of

pytestmark = pytest.mark.database


@pytest.mark.parametrize("page", ["99999999999999999999", "9" * 5000, "-1", "0", "x", "²", "%00"])
def test_a_page_that_no_list_has_is_answered(county: County, page: str) -> None:
    for role, address in (("", "/decisions/"), ("archivist", "/desk/archive/"), ("applicant", "/account/looks/")):
        assert county.client(role).get(f"{address}?page={page}").status_code in (200, 404), address


def test_a_file_too_large_to_be_checked_is_called_too_large(county: County, settings: object) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = settings.LARGEST_UPLOAD = 1000  # type: ignore[attr-defined]
    answer = Client().post("/verify/file/", {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.7" + b"0" * 2000)})

    assert answer.status_code == 413
    assert "是空的" not in text_of(answer)


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_on_to_a_house_that_is_not_ours(county: County, back: str) -> None:
    mine = county.client("applicant")
    for address, given in (
        ("/language/", {"language": "en"}),
        ("/look/", {"theme": "dark"}),
        ("/account/act-for/", {"party": ""}),
    ):
        answer = mine.post(address, {**given, "next": back})
        assert answer.status_code == 302, address
        assert "evil" not in answer["Location"], address
        assert "javascript" not in answer["Location"], address
