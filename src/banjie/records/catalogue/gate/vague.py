"""Vague catch-all clauses (模糊兜底条款): flagged for the editor, for nobody can hand in “other relevant papers”."""

import re
from collections.abc import Iterator

from banjie.engine.law import Procedure
from banjie.engine.not_possible import NotPossible

VAGUE = re.compile(
    r"其他(有关|相关|必要|需要)?的?(材料|证明|文件|条件|情形|资料)|等(有关|相关)?(材料|证明|文件|资料)|"
    r"(法律|法规|规章|审批机关|主管部门|本机关|登记机关).{0,12}(规定|要求|认为)的?其他|"
    r"视(具体)?情况|根据实际(情况|需要)|必要时.{0,6}提(供|交)|(有关|相关)部门认为"
)
"""Phrases that leave open what is asked: 其他有关材料, 法律法规规定的其他条件, 视情况, 必要时提供……."""


def flags(procedure: Procedure) -> Iterator[NotPossible]:
    """NotPossible("vague_clause") for every vague clause in a condition, a material or a criterion; refuses nothing."""
    for where, text in _texts(procedure):
        found = VAGUE.search(text)
        if found:
            yield NotPossible("vague_clause", where=where, words=found[0])


def _texts(procedure: Procedure) -> Iterator[tuple[str, str]]:
    yield "guide.conditions", procedure.guide.conditions
    for material in procedure.materials:
        yield f"materials.{material.id}", f"{material.name}\n{material.standard}\n{material.filling}"
    for criterion in procedure.criteria:
        yield f"criteria.{criterion.id}", criterion.text
