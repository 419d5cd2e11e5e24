-- Separate rights for the families' side and the desk: the process that strangers talk to cannot read what it never needs.
-- Run as the database's owner, after `rodyna init` or a migration, as often as you like:
--   psql -v ON_ERROR_STOP=1 -d rodyna -f deploy/postgresql/roles.sql
-- The roles are made once, by a superuser, with passwords of their own:
--   CREATE ROLE rodyna_family LOGIN PASSWORD '…' NOSUPERUSER NOCREATEDB NOCREATEROLE;
--   CREATE ROLE rodyna_desk   LOGIN PASSWORD '…' NOSUPERUSER NOCREATEDB NOCREATEROLE;
-- And so that what a family took back leaves the journal within a minute (PostgreSQL 15 or newer; in this database):
--   GRANT pg_checkpoint TO rodyna;
--   GRANT EXECUTE ON FUNCTION pg_switch_wal() TO rodyna;
BEGIN;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, rodyna_family, rodyna_desk;
REVOKE CREATE ON SCHEMA public FROM PUBLIC, rodyna_family, rodyna_desk;
GRANT USAGE ON SCHEMA public TO rodyna_family, rodyna_desk;

-- What an installation is, and whose keys count: all of it public halves and signed statements.
GRANT SELECT ON alembic_version, installation, organisation, queue, membership, account, ring_key, ring_share,
    recovery_copy, statement
    TO rodyna_family, rodyna_desk;

-- Families: sending, coming back, writing, changing consents, withdrawing. No record, no names, no links between keys.
GRANT SELECT, INSERT, UPDATE, DELETE ON session, epoch, attempts, sent_draft, kept_answer, locker, "case", told
    TO rodyna_family;
GRANT SELECT, INSERT, DELETE ON item TO rodyna_family;
GRANT INSERT, DELETE ON "grant" TO rodyna_family;
-- Which queues hold a case, how, and on which consent; the sealed keys themselves it writes and never reads.
GRANT SELECT (case_id, queue_id, generation, consent, standing) ON "grant" TO rodyna_family;
GRANT SELECT, INSERT ON withdrawal TO rodyna_family;
-- Whoever plays the family of a case made for practice is counted nowhere.
GRANT SELECT ON practice_case TO rodyna_family;
GRANT SELECT, INSERT, UPDATE ON job TO rodyna_family;
-- How often an answer failed, by the hour.
GRANT SELECT, INSERT, UPDATE (times) ON failure TO rodyna_family;
-- What a report adds to the statistics, sealed; and the releases that are shown to everybody, checked with the ledger.
GRANT SELECT, INSERT, UPDATE, DELETE ON facet TO rodyna_family;
GRANT SELECT ON release, ledger_entry TO rodyna_family;

-- The desk: everything that members of staff do; never what a family's locker holds, nor the answers kept for programs.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO rodyna_desk;
REVOKE ALL ON locker, sent_draft, kept_answer FROM rodyna_desk;
-- A report entered for a caller gets a locker, which is marked once its code was read back, and is never opened here.
GRANT INSERT, SELECT (locator, typed), UPDATE (typed) ON locker TO rodyna_desk;
GRANT SELECT, INSERT ON sent_draft TO rodyna_desk;
REVOKE INSERT, UPDATE, DELETE ON alembic_version, installation FROM rodyna_desk;
-- The record only grows: nobody at the desk can change or delete an entry.
REVOKE UPDATE, DELETE ON trail_entry FROM rodyna_desk;
COMMIT;
