"""The root of every error that a room may raise."""


class RodynaError(Exception):
    """Something the caller can act on; messages carry ids, never answers, names, codes or keys."""
