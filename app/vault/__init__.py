"""The vault: bytes in, sealed bytes out.

This room holds every use of cryptography: sealing under a key and to a public key, deriving keys,
unlocking with a code or a passphrase, signatures, second factors, tokens, and the return code.

It may not touch a database, settings, the clock, the network or HTTP, and it knows nothing of
cases or people: keys, moments and contexts are passed in. So each of its functions can be read
and tested alone, and no other room needs to import ``cryptography``, which keeps all decisions
about algorithms in a few short files.

Every sealed format begins with a version byte (``formats``). Bytes that were damaged, moved or
sealed for somebody else raise a ``VaultError`` and never anything of the libraries below. A
``ValueError`` or ``TypeError`` from here is a mistake in our own program.
"""
