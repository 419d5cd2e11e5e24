"""The interface for hotlines and partners' bots: the families' side once more, for programs.

It goes the same way as the pages, through intake, and knows no more than they do. A program has no cookie: it carries
the token of a return in its own header.
"""
