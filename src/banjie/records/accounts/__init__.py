"""People who log in: accounts and the tokens of programs. Knows no posts, no cases and no applicant's real name.

Read `models`, then `tokens`.
"""
