"""Electronic supervision (电子监察): what of a case speaks against the procedure, and what becomes of it.

Read `findings` (what a rule or a detector found, with its evidence), `rules` (one for each ground of the rulebook),
`watching` (fires the rules as the facts come), `cards` (预警、黄牌、红牌 from firing to closing), `orders` (督办单),
`outages` (what excuses), `turns` (whose turn it was, day by day), `queries`.
"""
