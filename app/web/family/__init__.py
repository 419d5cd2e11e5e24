"""The families' pages: what this is, the report step by step, the code, the return, leaving.

They open drafts, and replies while a code is in use, and never a report: this package imports neither the casework nor
the desk, and can be served by a process of its own. Everything works without a script, and no page says in its title or
address what it is about.
"""
