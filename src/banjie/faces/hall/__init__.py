"""The hall: the window desk. Receipt with its five outcomes, service, and applying for somebody at the window.

Read `urls`, `views`, `asks` (one form a command).
"""
