-- What disintegrate 4.0 makes after its tables, for servers older than
-- Postgres 16: they know no hexadecimal numbers, so its own function cannot be
-- made there. The same locks, the mask written as a decimal number.
CREATE OR REPLACE FUNCTION event_store_begin_epoch() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    reached bigint := (SELECT last_value FROM seq_event_event_id);
    database integer := (SELECT oid FROM pg_database WHERE datname = current_database());
BEGIN
    PERFORM pg_try_advisory_xact_lock_shared(database, 0);
    PERFORM pg_try_advisory_xact_lock_shared(1, (reached & 4294967295)::bit(32)::integer);
    PERFORM pg_try_advisory_xact_lock_shared(2, (reached >> 32)::bit(32)::integer);
END
$$;
ALTER TABLE event ADD COLUMN IF NOT EXISTS thing_id text;
CREATE INDEX IF NOT EXISTS idx_event_thing_id ON event (thing_id) WHERE thing_id IS NOT NULL;
