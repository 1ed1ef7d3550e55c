"""The shape of a proof: what `docs/how-to/check-a-proof.md` describes, as `banjie verify-proof` reads it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class ProvedFact(BaseModel):
    """A fact in the tree: the very bytes its hash is made of, and its way to the root of the checkpoint."""

    model_config = ConfigDict(extra="forbid")

    index: int = Field(description="Its place in the feed, less one.")
    header: list[str | int]
    alg: str
    prev: str
    body: str
    path: list[str]


class ProofOfCase(BaseModel):
    """What its applicant is told happened in a case, and that it stands in the log. Personal data are commitments."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["banjie-proof/1"]
    number: str
    title: str
    checkpoint: str = Field(description="A C2SP signed note, with the cosignatures of witnesses.")
    keys: list[str]
    facts: list[ProvedFact]
    opened: list[str] = Field(max_length=0, description="Empty: no salts go out here. The file on the page has them.")
