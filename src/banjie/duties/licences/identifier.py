"""The identifier of an electronic licence (电子证照标识, GB/T 36904), with its check character by ISO 7064 MOD 37,36.

`1.2.156.3005.2.<type>.<issuer>.<serial>.<version>.<check>`: type is the credit code of the body that defined it (18)
and its own number (3); issuer a credit code (18) or a region code; serial at most 36 characters; version 001 onwards.
The check character is over type, issuer, serial and version without the dots.

>>> str(Identifier("11100000000013338W011", "11430000006122244L", "20230000403", 1))
'1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U'
>>> parse("1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9").version
1
"""

import re
from dataclasses import dataclass

ROOT = "1.2.156.3005.2"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LONGEST_SERIAL = 36
MOST_VERSIONS = 999

SHAPE = re.compile(
    r"1\.2\.156\.3005\.2"
    r"\.(?P<type>[0-9A-Z]{18}[0-9]{3})\.(?P<issuer>[0-9A-Z]{6,18})\.(?P<serial>[0-9A-Z]{1,36})\.(?P<version>[0-9]{3})"
    r"\.(?P<check>[0-9A-Z])",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Identifier:
    """The parts of an identifier. ValueError for parts that cannot stand in one."""

    type: str
    issuer: str
    serial: str
    version: int

    def __post_init__(self) -> None:
        if not 1 <= self.version <= MOST_VERSIONS:
            raise ValueError(f"version: {self.version} is not between 1 and {MOST_VERSIONS}")
        plain = f"{ROOT}.{self.type}.{self.issuer}.{self.serial}.{self.version:03d}"
        if not SHAPE.fullmatch(f"{plain}.0"):
            raise ValueError(f"{plain} is no identifier of GB/T 36904")

    @property
    def check(self) -> str:
        """The check character."""
        return check_character(f"{self.type}{self.issuer}{self.serial}{self.version:03d}")

    def __str__(self) -> str:
        return f"{ROOT}.{self.type}.{self.issuer}.{self.serial}.{self.version:03d}.{self.check}"


def check_character(text: str) -> str:
    """ISO 7064 MOD 37,36 (GB/T 17710) over digits and capital letters; ValueError for anything else."""
    product = 36
    for each in text:
        total = (product + ALPHABET.index(each)) % 36 or 36
        product = total * 2 % 37
    return ALPHABET[(37 - product) % 36]


def parse(text: str) -> Identifier:
    """The parts of an identifier as somebody wrote it; ValueError where the shape or the check character is wrong."""
    plain = re.sub(r"\s", "", text).upper()
    found = SHAPE.fullmatch(plain)
    if found is None:
        raise ValueError(f"{plain} is no identifier of GB/T 36904")
    identifier = Identifier(found["type"], found["issuer"], found["serial"], int(found["version"]))
    if identifier.check != found["check"]:
        raise ValueError(f"{plain}: its check character should be {identifier.check}")
    return identifier


def looks_like_one(text: str) -> bool:
    """Whether somebody meant to write an identifier, rightly or not."""
    return re.sub(r"\s", "", text).startswith(ROOT)
