"""Cases: the one door, and the rows derived from what came through it.

Read `handle` first (the door), then `rows` (what is derived from the history), `models` (where it stands), `sql` (the
hot path by hand), `numbers`, `seal` (personal data on their way in), `timers`, `queries` (reads for pages), `rebuild`.
"""
