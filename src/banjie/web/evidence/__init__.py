"""What everybody may see of the evidence: checkpoints, witnesses, proofs, and a page that checks a proof off line.

Read `views` (the public page and its data), `witness` (we for other logs), `offline` (the page of one file).
"""
