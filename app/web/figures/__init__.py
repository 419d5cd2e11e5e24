"""Released figures as pages, pictures and files; the same for coordinators and, where it is published, for everybody.

It knows releases and nothing else: no key, no facet, no case. Neither side's routes live here, so that both may use it.
"""
