"""What was published once loads for ever: files as each format of the catalogue stored them, which nobody may change.

A folder a format: 1 before guides stood beside procedures, 2 with them. Whoever changes the shape of a procedure adds a
folder and leaves the others as they are.
"""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from banjie.engine import codec
from banjie.engine.guide import Guide
from banjie.engine.law import Procedure

FOLDER = Path(__file__).parent / "golden"
FILES = sorted(FOLDER.glob("*/*.json"))
DIGESTS = {
    "1/entertainment-venue": "cc78f145bba005cf12636c03ccdf90183af1b679e8090b6511863f0a2d173b44",
    "1/food-business-new": "9ed124bb047d4c767db4aa6b6d2654f7ae4e7c47ff958c2034464b821671ab3a",
    "1/forest-seed-forwarded": "6895829931e57f9cf02473c321fe5d1d8ecbcfdc2f3248a9a16dab9e67f78bfc",
    "2/entertainment-venue": "cff1f4c83e773b4637774277851131e936772121655514ed0cde86b490f9597c",
    "2/food-business-new": "7362c70efbe0986f0332fdc8098b94dfb3b559506ac4d899ab5a953ec19ae792",
    "2/forest-seed-forwarded": "4b1bcab073e4d4391778fa06286999d4854d9d454a6cdd8f8ac789dfdc39e8cf",
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_stored_version_loads_and_is_stored_again_as_the_same_bytes(path: Path) -> None:
    content = path.read_bytes()

    procedure = codec.from_plain(Procedure, json.loads(content))

    assert codec.canonical(codec.to_plain(procedure)) == content
    assert procedure.materials
    assert (procedure.guide == Guide()) == (path.parent.name == "1")


def test_nobody_has_touched_the_files() -> None:
    found = {f"{path.parent.name}/{path.stem}": sha256(path.read_bytes()).hexdigest() for path in FILES}

    assert found == DIGESTS
