"""One module per implementation of the same case lifecycle; each runs in its own process.

Read `lifecycle.py` first (what every implementation must do), then `protocol.py` (how the harness talks to it), then
any of the others: `raw_sqlite.py` and `raw_postgres.py` are the limit, `banjie_peer.py` is ours.
"""
