-- Every version of every read model. The live one's tables are in `public` and
-- its checkpoint is in `checkpoints`; another's tables are in a schema of its
-- own, `projection_<name>_<version>`, and its checkpoint is here.
CREATE TABLE projection_versions (
    projection        text             NOT NULL,
    version           integer          NOT NULL CHECK (version > 0),
    -- Number of the code that writes its rows.
    logic             integer          NOT NULL,
    state             text             NOT NULL
        CHECK (state IN ('live', 'building', 'retired', 'dropped')),
    -- How far it had come when it was last not live.
    epoch             uuid             NOT NULL,
    position          bigint           NOT NULL,
    -- Applied while it was being built, and how fast lately.
    events            bigint           NOT NULL DEFAULT 0,
    events_per_second double precision,
    -- What its rows were when they were compared with the live ones.
    comparison        text             CHECK (comparison IN ('same', 'differs', 'not-compared')),
    updated_at        timestamptz      NOT NULL DEFAULT now(),
    PRIMARY KEY (projection, version)
);

CREATE UNIQUE INDEX one_live_version ON projection_versions (projection) WHERE state = 'live';

-- Which version the checkpoint is of. A follower names it when it advances, so
-- that a swap stops the followers of the version that was live before.
ALTER TABLE checkpoints ADD COLUMN version integer NOT NULL DEFAULT 1;

INSERT INTO projection_versions (projection, version, logic, state, epoch, position)
SELECT name, 1, 1, 'live', epoch, position FROM checkpoints WHERE name <> 'relay';

-- Events that could not be applied, and those behind them in their stream.
-- Written in the transaction that moves the checkpoint past them.
CREATE TABLE parked_events (
    projection      text        NOT NULL,
    version         integer     NOT NULL,
    event_id        uuid        NOT NULL,
    stream_category text        NOT NULL,
    stream_id       uuid        NOT NULL,
    revision        bigint      NOT NULL,
    epoch           uuid        NOT NULL,
    position        bigint      NOT NULL,
    type_name       text        NOT NULL,
    -- Null of an event that waits for the one before it.
    problem         text,
    parked_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (projection, version, event_id)
);

CREATE INDEX parked_events_of_stream
    ON parked_events (projection, version, stream_id, stream_category, revision);
CREATE INDEX parked_events_in_order ON parked_events (projection, version, position);

-- Events that an admin decided to leave out where they cannot be applied.
CREATE TABLE skipped_events (
    projection text        NOT NULL,
    event_id   uuid        NOT NULL,
    reason     text        NOT NULL,
    skipped_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (projection, event_id)
);
