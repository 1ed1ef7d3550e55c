"""The portal: what applicants and the public see. Asks, never decides.

Read `urls` (the pages), `views` (items and cases), `apply` (the application), `asks` (what an applicant can ask for).
"""
