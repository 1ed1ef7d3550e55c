"""Everybody's own pages: signing up, second factors, what is known of me, for whom I act. Asks, never decides.

Read `urls` (the pages), `views` (my account), `joining` (signing up, a forgotten password), `factors` (allauth's pages
in our dress), `mandates`, `arriving` (a province's log-in).
"""
