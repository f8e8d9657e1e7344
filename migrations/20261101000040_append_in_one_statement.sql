-- A command is in the log once, whoever appends it and however often: each of
-- its events has a number within it, from 0.
ALTER TABLE events DISABLE TRIGGER events_are_append_only;
ALTER TABLE events ADD COLUMN command_part smallint;
UPDATE events SET command_part = numbered.part
FROM (
    SELECT position, row_number() OVER (PARTITION BY command_id ORDER BY position) - 1 AS part
    FROM events
) AS numbered
WHERE numbered.position = events.position;
ALTER TABLE events ENABLE TRIGGER events_are_append_only;
ALTER TABLE events ALTER COLUMN command_part SET NOT NULL;
ALTER TABLE events ADD CONSTRAINT events_command_part_key UNIQUE (command_id, command_part);
DROP INDEX events_command_id_idx;

-- Appends events, in the order of the arrays, to streams that must stand where
-- `revisions` go on, and answers where the log ended before. All or none: a
-- command or a revision that is there already violates its key, a stream that
-- ends earlier raises NA001.
--
-- One call is one transaction, so that the lock is never held while a client
-- thinks. The lock is taken by a statement of its own: what a statement sees is
-- settled when it starts, so the head must be looked up by one that starts later.
CREATE FUNCTION append_events(
    log_lock bigint,
    stream_categories text[],
    stream_ids uuid[],
    revisions bigint[],
    event_ids uuid[],
    command_ids uuid[],
    command_parts smallint[],
    type_names text[],
    schema_versions integer[],
    data text[],
    metadata text[],
    -- Of streams that are gone on with: the event that must be their last.
    last_categories text[],
    last_ids uuid[],
    last_revisions bigint[],
    OUT log_epoch uuid,
    OUT log_head bigint
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    PERFORM pg_advisory_xact_lock(log_lock);

    SELECT
        epoch,
        coalesce((SELECT position FROM events ORDER BY position DESC LIMIT 1), 0)
    INTO log_epoch, log_head
    FROM event_log;

    IF (
        SELECT count(*)
        FROM unnest(last_categories, last_ids, last_revisions) AS asked (category, id, revision)
        CROSS JOIN LATERAL (
            SELECT FROM events
            WHERE stream_category = asked.category
                AND stream_id = asked.id
                AND events.revision = asked.revision
            LIMIT 1
        ) AS found
    ) < cardinality(last_ids) THEN
        RAISE EXCEPTION 'a stream ends before the expected revision' USING ERRCODE = 'NA001';
    END IF;

    INSERT INTO events (
        position, stream_category, stream_id, revision, event_id, command_id, command_part,
        type_name, schema_version, data, metadata
    )
    SELECT log_head + place, stream_category, stream_id, revision, event_id, command_id,
        command_part, type_name, schema_version, data::json, metadata::json
    FROM unnest(
        stream_categories, stream_ids, revisions, event_ids, command_ids, command_parts,
        type_names, schema_versions, data, metadata
    ) WITH ORDINALITY AS new (
        stream_category, stream_id, revision, event_id, command_id, command_part,
        type_name, schema_version, data, metadata, place
    );
END
$$;
