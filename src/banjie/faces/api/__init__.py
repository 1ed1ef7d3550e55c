"""The JSON API under /api/v1/: what the pages can do, for programs. Asks the door and the catalogue, decides nothing.

Read `views` first (the endpoints, top to bottom), then `commands` (bodies made from the engine's own commands, so that
there is one definition), `fields` (the types of what comes in), `answers` (what goes out), `problems` (every "no" as
RFC 9457 problem+json, and which status a code has), `tokens` (who asks), `json_body` (JSON read strictly), `openapi`
(the schema) and `urls`. Time is `web.clock.now()`: nobody outside says when something happened, except on dated paper
(补录), which is a late entry.
"""
