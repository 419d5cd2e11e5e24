"""The coordinators' part: releases made, confirmed and read, and the ledger of what they drew.

A route resolves who is asking, makes one call into statistics, and answers with a page, a file or a redirect. It holds
no key; whoever is not a coordinator holds none that opens a facet.
"""
