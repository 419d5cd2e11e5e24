"""What the root signed after the founding, for everybody to be told of: no database."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.accounts.vouching_following import Followed
from app.accounts.vouching_states import INSTALLATION, InstallationState, OrganisationState


@dataclass(frozen=True)
class SignedByRoot:
    """What the root signed after the founding: of which organisation, whose keys or rights, and whether it was new.

    Where it was of no organisation, :data:`INSTALLATION` stands for it.
    """

    organisation_id: str
    whom: tuple[str, ...] = ()
    is_new: bool = False


def signed_by_root(
    organisations: Mapping[str, Followed[OrganisationState]], installation: Followed[InstallationState]
) -> dict[bytes, SignedByRoot]:
    """What the root signed after the founding, of organisations and of the installation, by the statements' digests."""
    every = ((name, each.by_root) for name, each in organisations.items())
    found = (*every, (INSTALLATION, installation.by_root))
    changed = {digest: SignedByRoot(name, whom) for name, signed in found for digest, whom in signed.items()}
    return _new_organisations(organisations, installation.first) | changed


def _new_organisations(
    organisations: Mapping[str, Followed[OrganisationState]], founding: InstallationState | None
) -> dict[bytes, SignedByRoot]:
    """Organisations that were not founded with the installation, each with the people whom the root put into it.

    By the first statement of the installation alone: a later one does not say what was founded. An older installation
    says nothing of it, so there each is new but the one that receives.
    """
    founded = () if founding is None else (founding.receiving, *founding.founded)
    return {
        each.by_number[1]: SignedByRoot(name, tuple(sorted(each.first.people)), is_new=True)
        for name, each in organisations.items()
        if each.first is not None and name not in founded
    }
