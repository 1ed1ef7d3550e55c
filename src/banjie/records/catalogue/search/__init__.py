"""Finding an item by any word of it: the same items in the same order on every database.

A person types what they know: a name, a word of every day (开饭店), the initials of a name (spjy), a word of the guide.
Texts are cut into single characters and pairs of neighbours; `text` says how, `postings` keeps which items hold which
pair, `ask` reads those lists, looks the words up in the texts themselves, and ranks. Derived: `rebuild` makes all of it
again from the published versions.

The door: `search` to ask; `index` after a version was published or withdrawn; `rebuild`.
"""

from banjie.records.catalogue.search.ask import Found, Hit, Results, search
from banjie.records.catalogue.search.postings import index, rebuild

__all__ = ["Found", "Hit", "Results", "index", "rebuild", "search"]
