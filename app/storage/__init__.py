"""Storage: the engine, the scope of a transaction, column types.

It knows how rows are kept and nothing of what they mean. It may touch neither
settings nor keys: addresses are passed in, contents arrive sealed.
"""
