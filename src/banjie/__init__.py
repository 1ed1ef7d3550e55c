"""Banjie: an open platform for the administrative approvals of local governments."""
