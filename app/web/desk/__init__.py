"""The desk: what caseworkers read and do, as pages.

A route resolves who is asking and for what, makes one call into accounts or casework, and answers with one page or one
redirect. It holds no key and decides nothing about a case: whether a case opens is a matter of the member's keys, and
`access.needs` is the second wall in front of them.

- `routes.router` has all routes, `errors.ERRORS` says how this side answers what goes wrong.
- Every route but the log-in names its permission through `access.needs`.
"""
