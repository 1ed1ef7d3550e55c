"""What every page shares: who is asking, what time it is, who may open what, what is logged and counted.

Read `roles` first (each view declares who may open it), then `middleware` (what a request carries when it reaches a
view), `request` (the same for the type checker), `clock`, `context`, `logs`, `metrics`, `views` (sign-in and the pages
that belong to no single face). Knows no organisation: whoever turns a signed-in user into an Actor is wired by config.
"""
