"""Evidence: what makes the log's history provable to people who trust nobody here.

The feed is a Merkle tree; checkpoints of it are signed every minute and cosigned by other installations; anybody can
check with a small file that a fact stands in it, and that the tree only ever grew.

Read `merkle` (hashes and proofs, no database), `note` (signed texts), `tree` (the tree beside the feed), `checkpoints`
(who signs what), `standing` (may we go on sealing?), `witnessing` (we for others), `witnesses` (others for us),
`proofs` (the citizen's file), `audit` (everything held against everything).
"""
