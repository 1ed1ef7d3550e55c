"""Every published figure (统计): what it means, its numerator and denominator, the day it is of, and its cases.

A figure is data (`rulebook/figures.yaml`, read by `definitions`) and a condition on rows (`figures`). Read `asked`
(what is asked for: a period, some items, on whose behalf), `counting` (all shares and totals in two statements),
`handling` (means and medians), `compression` (against the frozen baselines), `values` (all of them together), `listing`
(the cases behind a number), `forecast` (what falls due next). What no row of a case says stands in `models`, kept by
`follow`. The lights of the running cases are `cases.lights`.
"""
