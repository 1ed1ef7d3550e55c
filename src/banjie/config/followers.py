"""Who follows the feed: wiring only. Adding a follower touches nobody else."""

from banjie.cases.bundles import Stirrings
from banjie.duties.archive.follow import Archive
from banjie.duties.delivery.follow import Deliveries
from banjie.duties.fees.follow import Fees
from banjie.duties.licences.follow import Licences
from banjie.duties.notices.follow import Inbox
from banjie.duties.papers.follow import Papers
from banjie.duties.publicity.follow import Publicity
from banjie.duties.queue.follow import Slips
from banjie.duties.statistics.follow import Figures
from banjie.duties.supervision.detecting import Detecting
from banjie.duties.supervision.looking import Looking
from banjie.duties.supervision.watching import Watching
from banjie.records.accounts.follow import Trail
from banjie.store.log.follow import Follower

AT_ONCE = frozenset({"bundles", "delivery", "fees", "inbox", "slips"})
"""What people wait for; the others count and watch, and may read on a minute later."""

FOLLOWERS: tuple[Follower, ...] = (
    Stirrings(),
    Inbox(),
    Slips(),
    Deliveries(),
    Fees(),
    Licences(),
    Papers(),
    Publicity(),
    Archive(),
    Watching(),
    Detecting(),
    Looking(),
    Trail(),
    Figures(),
)
