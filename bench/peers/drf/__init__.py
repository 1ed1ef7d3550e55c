"""The peer of `submitting.py`: handing in an application, as a good team writes it with Django REST framework.

Read `views` (the endpoint), `tokens` (who asks), `services` (the transaction), `serializers` (what is checked),
`models`, `fields` (personal data encrypted), `settings`; `founding` fills its database with the item that our side
uses, out of our rulebook.

What it does, like ours: looks the bearer token up by its digest with its owner in one query, checks permission, checks
the particulars (check digits of both standards, from the same library), the answers and the materials against the item,
encrypts every personal field (Fernet), keeps a blind index (HMAC) of the identity number, gives out contiguous numbers
per item and day, counts five working days in a calendar table, writes case, materials, audit row, task and the first
answer for its Idempotency-Key in one durable transaction, and answers with the same content.

Kind to it: the item is one row with questions and materials as JSON (one query, no joins); `bulk_create`, no N+1, no
savepoint, no `refresh_from_db`; everything but the number is prepared before the transaction; the raw body is digested,
not its canonical form; only JSON is parsed and rendered; the answer is a plain dictionary, without a second serializer;
connections are kept; the middleware is Django's own, as `startproject` writes it, with languages.

Where ours is kinder to itself: the item as law is kept in the process, and its edition asked for in a statement that is
sent anyway; here the item is read for each application, as the plain ORM does.

What it does not do and ours does: hash chain over what happened; a data key for each case, so that one person's data
can be destroyed; commitments to the personal data; permission by posts and mandates; the edition of the catalogue read
in the transaction that files the case; expressions as conditions (`when` is the name of one yes-no question); files
with materials; rows of participants, lights of the task, what is counted of a case; the fan-out of facts to followers
(an outbox by trigger); append-only triggers; request ids and metrics; a content security policy; a second factor;
problem+json with words and next steps in both languages for every "no" (it answers 400 as DRF does); dated paper.
"""
