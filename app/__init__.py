"""Rodyna: reports of families, sealed on receipt, routed to those who can help, answered by return code."""
