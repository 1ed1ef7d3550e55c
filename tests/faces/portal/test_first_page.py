"""The first page is light: on a slow line it is there, with everything it needs, after 60 KB."""

import gzip
import re

import pytest

from tests.county import County

pytestmark = pytest.mark.database

BAR = 60 * 1024
FETCHED = re.compile(
    r'<link rel="stylesheet" href="([^"]+)"|<script[^>]* src="([^"]+)"|<link rel="modulepreload" href="([^"]+)"'
)


@pytest.mark.parametrize("elder", ["", "1"])
def test_the_first_page_with_its_styles_and_scripts_is_at_most_60_kb_compressed(county: County, elder: str) -> None:
    client = county.client()
    client.cookies["banjie_elder"] = elder

    page = client.get("/").content
    fetched = ["".join(found) for found in FETCHED.findall(page.decode())]
    sent = {each: client.get(each, headers={"Accept-Encoding": "gzip"}) for each in fetched}

    assert {each: answer.status_code for each, answer in sent.items()} == dict.fromkeys(fetched, 200)
    assert all(answer.headers["Content-Encoding"] == "gzip" for answer in sent.values())
    assert len(gzip.compress(page)) + sum(len(answer.content) for answer in sent.values()) <= BAR
    assert sum(each.endswith(".css") for each in fetched) == 1
