"""What an applicant declares is kept by version and digest, so that nobody can say later it had read otherwise."""

import pytest

from banjie import words
from banjie.words.catalogue import catalogue
from banjie.words.declarations import CURRENT

DECLARED = {"2026-1": "9874bd7988267bccfa188bbb20f90270e5956e234f12cacf7657f3c69bb83bd3"}
"""Every text that has ever been in use, by its digest. A change of wording is a new version, never a new digest."""


@pytest.mark.parametrize("version", DECLARED)
def test_a_text_that_has_been_declared_never_changes(version):
    assert words.declaration(version).digest == DECLARED[version]


def test_every_version_has_its_digest_here_and_its_words_in_both_languages():
    assert set(catalogue("zh-Hans")["declarations"]) == set(catalogue("en")["declarations"]) == set(DECLARED)
    assert CURRENT in DECLARED


def test_it_is_the_chinese_text_that_binds():
    assert "真实性" in words.declared_text()
    assert "genuine" in words.declared_text(language="en")
    assert words.declaration().version == CURRENT
