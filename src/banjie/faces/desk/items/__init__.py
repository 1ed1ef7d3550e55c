"""The item administrator's pages (审改办): items with their versions, and drafts from the first word to publication.

Read `urls` of the desk, then `mine` (whose item it is), `catalogue` (items, an item, its exports), `drafts` (a draft:
overview, sections, sign-off, publication, discarding), `bringing` (new drafts from a base item, a workbook, another
county), `lists` (the lists of the region). The editor is made from the engine's own dataclasses: `sections` (which
fields stand on which page), `typed` (a value as texts of a form, and back), `layout` (what a template shows), `offered`
(what a field can be chosen from), `told` (findings and signatures in words).
"""
