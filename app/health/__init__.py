"""How an installation fares: what the operator must mend, and figures for a machine that watches.

It stands above the rooms because it asks all of them, and opens nothing: it holds no key and prints none. Findings name
ids, places and what to do; figures are no finer than a day where families are behind them.
"""
