"""Seals (印章): which agency has which seal, what may be sealed with it, and every use and every refusal on record.

A seal is a stream of kind "seal": `registered`, `ceremony_opened`, `activated` (启用), `sealed_away` (封存),
`keepers_changed`, `authority_given`, `authority_withdrawn`, `ordered` (the keeper's act), `begun`, `used`, `refused`,
`differs`. Read `policy` (what a kind of paper is sealed with, and by whose act: dated data), `register` (the
facts and their rows), `grounds` (what the log says of the fact a paper rests on), `sealing` (the one way to a
signature), `reconciling` (does the key's own count agree with the log?), `queries`, `founding`.
"""
