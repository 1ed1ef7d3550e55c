"""Licences (证照): what was granted lives on as a licence with a number, versions, and a state on every day.

Read `types` (kinds of licences, dated data), `identifier` (GB/T 36904), `content` (what a licence says of its holder,
sealed, and the record that is signed), `recording` (the facts of a licence and the rows they make), `follow` (which
facts of cases become facts of licences), `standing` (what a licence is worth on a day), `copies` (加注件), `signing`
(the worker signs each version's record), `reminding` (its holder, before it runs out), `queries`, `rebuild`. Nobody
sets a state: it follows from what was decided.
"""
