"""People who log in: accounts, their second factors, the tokens of programs. Knows no posts, no cases, and of an
applicant neither name nor number nor address: those lie sealed in `parties`.

Read `models`, `names`, `second_factors`, `passwords`, then `tokens`.
"""
