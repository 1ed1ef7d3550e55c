"""Inspections at the desk: samples of finished cases, inspections and patrols, circulars, windows by lot.

Read `urls`, then `home` (everything at a glance), `draws`, `visits`, `places`; `asks` (one form a button) and `saying`
(one way to answer a form) serve them all.
"""
