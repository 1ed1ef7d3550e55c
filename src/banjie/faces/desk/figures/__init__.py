"""The pages of the figures: the leader's one screen, every figure with its definition, and the cases behind a number.

Read `asking` (period, items, on whose behalf), `screen` (the one screen), `pages` (one figure, its cases, the limits),
`shown` (figures in words), `drawn` (charts), `sheet` (a figure as CSV).
"""
