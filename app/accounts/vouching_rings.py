"""What statements say of rings: whose a key is, who holds it, what recovery covers and how that was split.

They are values, and are packed as JSON values and bytes, like the states beside them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.vault.digest import sha256


@dataclass(frozen=True)
class Keys:
    """The public keys of a person: for signatures (32 bytes), and the SHA-256 of the one that is sealed to."""

    verify: bytes
    sealing: bytes

    @classmethod
    def of(cls, verify_key: bytes, public_key: bytes) -> "Keys":
        """The keys as statements have them; ``public_key`` has 1,216 bytes."""
        return cls(verify_key, sha256(public_key))


@dataclass(frozen=True)
class Holder:
    """Somebody to whom a ring's key was sealed, and whether they may give it to others."""

    keys: Keys
    lead: bool


@dataclass(frozen=True)
class Cover:
    """That a ring's private key is sealed to a recovery key too: SHA-256 of that public key, and of the sealing.

    A lead signs it who heard the words of the recovery key from a trustee; no row can stand in for that.
    """

    key: bytes
    copy: bytes


@dataclass(frozen=True)
class Trustees:
    """How a recovery key was split: so many shares ``needed`` of ``count``, and the ``mark`` that all of them have.

    ``tested``: that many gave the key once. ``used`` says for which ring it was used last on which day (ISO 8601).
    """

    needed: int
    count: int
    mark: int
    tested: bool = False
    used: Mapping[str, str] = field(default_factory=dict)

    def packed(self) -> dict[str, Any]:
        """The trustees as JSON values and bytes."""
        # Two bytes, so that no set of shares is longer written than another.
        numbers = {"needed": self.needed, "count": self.count, "mark": self.mark.to_bytes(2, "big")}
        return {**numbers, "tested": self.tested, "used": dict(self.used)}

    @classmethod
    def unpacked(cls, content: Mapping[str, Any]) -> "Trustees":
        """Read what :meth:`packed` gave.

        Raises: ``ValueError`` where a day is none: whoever signed it would be shown nothing else by the desk.
        """
        mark = int.from_bytes(content["mark"], "big")
        used = dict(content["used"])
        if any(date.fromisoformat(day).isoformat() != day for day in used.values()):
            raise ValueError("no day")
        return cls(content["needed"], content["count"], mark, content["tested"], used)


@dataclass(frozen=True)
class RingState:
    """A ring: whose it is, its generation, SHA-256 of that public key, and who holds the private half.

    ``cover`` is there where recovery holds it too. A recovery key is a ring without holders, with ``trustees``.
    """

    organisation: str
    generation: int
    public: bytes
    holders: Mapping[str, Holder]
    cover: Cover | None = None
    trustees: Trustees | None = None

    def packed(self) -> dict[str, Any]:
        """The state as JSON values and bytes."""
        content: dict[str, Any] = {
            "organisation": self.organisation,
            "generation": self.generation,
            "public": self.public,
            "holders": {
                account: {"verify": holder.keys.verify, "sealing": holder.keys.sealing, "lead": holder.lead}
                for account, holder in self.holders.items()
            },
        }
        # Named only where they are, so that a ring without recovery is stated in the same bytes as ever.
        if self.cover is not None:
            content["cover"] = {"key": self.cover.key, "copy": self.cover.copy}
        if self.trustees is not None:
            content["trustees"] = self.trustees.packed()
        return content

    @classmethod
    def unpacked(cls, content: Mapping[str, Any]) -> "RingState":
        """Read what :meth:`packed` gave."""
        return cls(
            content["organisation"],
            content["generation"],
            content["public"],
            {
                account: Holder(Keys(holder["verify"], holder["sealing"]), holder["lead"])
                for account, holder in content["holders"].items()
            },
            Cover(content["cover"]["key"], content["cover"]["copy"]) if "cover" in content else None,
            Trustees.unpacked(content["trustees"]) if "trustees" in content else None,
        )
