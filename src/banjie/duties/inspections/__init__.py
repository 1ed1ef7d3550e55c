"""Looking at what was done: samples of finished cases, inspections, patrols, circulars; who stands at which window.

Read `profile` (what a region asks of itself), `sampling` (a draw: the list is fixed, then comes the seed, then cases
and reviewers are drawn; anybody can draw again), `visits` (inspections 明查暗访 and patrols 巡查 with what they found),
`circulars` (通报), `rotation` (windows by lot). Each is a stream of facts; `models` are their rows, `rebuild` makes
them again, `queries` reads them for pages. What somebody wrote lies sealed beside the facts.
"""
