"""The page docs/how-to/use-the-api.md does what it says: its program runs against a real server."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from banjie.faces.api import problems
from tests.databases import Database
from tests.faces.api.program import applicant
from tests.faces.api.test_schema import operations
from tests.reliability.server import Server

PAGE = (Path(__file__).parents[3] / "docs" / "how-to" / "use-the-api.md").read_text(encoding="utf-8")


@pytest.mark.database
def test_the_program_of_the_page_files_a_case_and_withdraws_it(county_today: Database) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    server, me = Server(), applicant()
    server.start()

    try:
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "BANJIE_URL": f"http://127.0.0.1:{server.port}", "BANJIE_TOKEN": me.token},
            capture_output=True,
            text=True,
            timeout=60,
        )
    finally:
        server.kill()

    assert done.returncode == 0, done.stderr
    assert "withdraw" in done.stdout
    (case,) = me.get("/cases").json["cases"]
    assert case["result"] == "withdrawn"


def test_the_page_names_every_endpoint_and_every_status() -> None:
    assert [name for name, _ in operations() if f"`{name}`" not in PAGE] == []
    assert [status for status in problems.BY_STATUS if status not in (429, 500) and str(status) not in PAGE] == []
