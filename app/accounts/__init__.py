"""Accounts: organisations, staff, roles, queues and the rings of keys behind them, sessions.

It may know who holds which key and what a role allows; it never sees a case. A right is
first of all a key: the permission table is the second wall.
"""
