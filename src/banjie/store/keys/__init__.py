"""Keys and personal data: sealed beside the log, found by blind index, erased by destroying a key.

Read `keyring` (the key file), `datakey` (one key a stream: seal, open, verify), `blind` (finding), `read`, `destroy`,
`rewrap` (after a rotation), `mask` (what is shown by default).
"""
