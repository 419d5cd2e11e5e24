"""The line of migrations."""

from alembic.script import ScriptDirectory

from app.storage import migrate


def revisions() -> list[str]:
    """Every revision from the first to the last; there is one line of them."""
    script = ScriptDirectory.from_config(migrate.configuration("sqlite://"))
    assert len(script.get_heads()) == 1
    return [revision.revision for revision in script.walk_revisions()][::-1]
