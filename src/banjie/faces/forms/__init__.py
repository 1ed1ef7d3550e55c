"""What the pages of the portal, the hall and the desk have in common: how a case is shown, and how one asks the door.

Read `page` (a case as a page shows it), `asking` (a form that asks for one command, and how the answer comes back),
`citing` (points of the guide and findings, as fields), `shared` (forms that several faces show), `application` (the
application itself), `uploads`, `conditions`, `files`, `saying` (a "no" as a page). Knows no face.
"""
