"""Calendars and changed rules at the desk: which days count, and what a change does to the cases that run.

`views` are the pages of the keepers; `loading` makes a notice of a form or a file; `shown` is what the pages say.
"""
