-- The log: every event there is, in streams and in one global order.

-- One row: which incarnation of the log this is. A restored copy gets another
-- epoch, so that whoever followed the first stops and says so.
CREATE TABLE event_log (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    epoch uuid NOT NULL DEFAULT gen_random_uuid()
);

INSERT INTO event_log DEFAULT VALUES;

-- Positions have no gaps and are in commit order: the appender draws them while
-- it holds the log's advisory lock, never from a sequence. So `position > n` is
-- a correct way to go on reading, for every reader.
--
-- `data` and `metadata` are `json`, not `jsonb`: what was appended comes back
-- as it was, to the last digit, and a replay copies text.
CREATE TABLE events (
    position bigint PRIMARY KEY CHECK (position > 0),
    stream_category text NOT NULL,
    stream_id uuid NOT NULL,
    revision bigint NOT NULL CHECK (revision >= 0),
    event_id uuid NOT NULL,
    command_id uuid NOT NULL,
    type_name text NOT NULL,
    schema_version integer NOT NULL CHECK (schema_version BETWEEN 0 AND 65535),
    data json NOT NULL,
    metadata json NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT events_stream_revision_key UNIQUE (stream_category, stream_id, revision),
    CONSTRAINT events_event_id_key UNIQUE (event_id)
);

-- What a command appended, its last event first.
CREATE INDEX events_command_id_idx ON events (command_id, position DESC);

CREATE FUNCTION refuse_to_change_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are never changed or removed: append what happened next instead';
END
$$;

CREATE TRIGGER events_are_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_events();
