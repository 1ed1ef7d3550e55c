"""The desk: where officers examine, heads assign and extend, and those who decide decide.

Read `urls`, `views`, `asks` (one form a command).
"""
