"""Papers that people take away: made out after the fact, numbered, typeset when somebody wants one, sealed once.

A paper is a stream of kind "paper" (`made_out`, `typeset`, `sealed`, `voided`). Its fact holds no text: the text is
made again, byte for byte, from the fact of the case, the law of the case, the sealed particulars and the version of its
template, as long as the case's data key exists. The sealed PDF lies encrypted beside the case and goes with that key.

Read `kinds` (numbers, templates and sealing as data), `register` (how a paper comes to be), `follow` (for which facts),
`contents` (what stands in it), `make` (its bytes), `sealing` (what the worker has sealed), `batches` (many at once, by
the keeper), `queries`.
"""
