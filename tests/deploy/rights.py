"""The two sides' roles with the rights that an installation gives them."""

import psycopg

from tests.deploy.programs import DEPLOY

FAMILY, DESK = "rodyna_family", "rodyna_desk"
MAKE_ROLES = """
DO $$ BEGIN CREATE ROLE rodyna_family LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE rodyna_desk LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
"""


def give_rights(url: str) -> None:
    """Make the roles, and give them their rights in the database at ``url``, as its owner."""
    with psycopg.connect(plain(url), autocommit=True) as connection:
        connection.execute(MAKE_ROLES)
        connection.execute((DEPLOY / "postgresql" / "roles.sql").read_bytes())


def plain(url: str, role: str = "postgres") -> str:
    """The address as psycopg writes it, for another role."""
    return url.replace("postgresql+psycopg", "postgresql").replace("//postgres@", f"//{role}@")
