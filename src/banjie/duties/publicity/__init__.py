"""Decisions in public (行政许可法 40): what was granted or ended, by whom and when, and no secret of anybody.

Nothing personal is kept here: the holder's name is opened from the case when it is shown, in full for an enterprise,
masked for a person. Read `profile` (what a region publishes), `publishing` (when, and what is held back), `follow`,
`queries` (what anybody may look up).
"""
