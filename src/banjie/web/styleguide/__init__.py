"""The living style page: every component in every state, at /styleguide/, for staff.

Read `examples` first: what each component is shown with. The examples themselves are
`templates/styleguide/<name>.html`, one for each `static/banjie/css/components/<name>.css`. `tokens` reads the tokens
for the page, and for the test that measures whether every pair of ink and ground can be read.
"""
