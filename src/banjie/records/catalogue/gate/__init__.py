"""The publish gate (发布闸门): every reason why a version of a procedure may not bind anybody yet.

One module a subject, each a generator of NotPossible that names its `where`: `shape` (would break the engine),
`disclosure` (the eight disclosures and the national elements), `prerequisites` (mutual, stale, without basis),
`removals` (what went without a review), `proof` (criteria, materials, expressions), `limits` (what the law lets a limit
be, and whether the steps fit in it), `roles` (whether the present staff can do it apart). `lists.outside` says what
stands on no list. `flags` refuse nothing: they are shown to the editor.
"""

from banjie.records.catalogue.gate.around import Around
from banjie.records.catalogue.gate.vague import flags
from banjie.records.catalogue.gate.whole import problems

__all__ = ["Around", "flags", "problems"]
