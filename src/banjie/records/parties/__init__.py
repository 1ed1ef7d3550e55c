"""Who applies: people, enterprises and others, sealed; and who may act for whom (委托).

A party is named by a pseudonym. Whoever has an account bears the account's: facts that name the account name the party.
Read `models` (what is found here), `register` (opening, changing, erasing), `mandates` (giving, accepting, ending),
`seeing` (particulars in clear leave a fact), `queries` (who somebody is, for whom they may act), `sign_up`,
`identity_provider` (a province's log-in), `rebuild`.
"""
