"""Files: uploaded or made, encrypted on the disk, each under a key of its own that dies with the case's.

Read `models` (where the keys lie), `receive` (from an upload to a file nobody's), `media` (what may come in), `bind`
(a file joins a stream), `read` (out again), `sweep` (what never joined one), `rewrap` (after a rotation).
"""
