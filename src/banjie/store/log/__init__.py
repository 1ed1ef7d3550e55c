"""The log: streams of facts of any kind, chained and append-only, and the feed that followers read. It knows no case.

Read `models` (the tables), `chain` (how facts are linked), `append` and `read`, `verify` (is it still what was
recorded), `sequence` (from streams to one feed), `follow` (who reads it), `install` and `queries` (which installation
this is), `ids` and `clock`.
"""
