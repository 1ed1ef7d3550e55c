"""Electronic supervision at the desk: lights, cards, orders, outages, what is blocked.

Read `urls`, then `home` (lights and what waits), `card`, `order`, `outages`, `blocked`; `asks` (one form a button) and
`telling` (streams in sentences) serve them all.
"""
