"""Who follows the feed: wiring only. Adding a follower touches nobody else."""

from banjie.duties.notices.follow import Inbox
from banjie.duties.queue.follow import Slips
from banjie.store.log.follow import Follower

FOLLOWERS: tuple[Follower, ...] = (Inbox(), Slips())
