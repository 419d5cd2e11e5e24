"""Administration: people, queues and organisations, as pages. No key to a case is ever in reach of these routes.

Every route names `Permission.MANAGE_PEOPLE`; what an administrator sees is their own organisation, because its names
open with its directory key alone.
"""
