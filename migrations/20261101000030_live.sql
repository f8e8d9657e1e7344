-- What the relay knows of the JetStream stream it publishes to. A stream that is
-- younger than this, or that ends earlier, has lost messages; each such loss is
-- counted, and `reconciled` follows once what was lost has been sent again.
CREATE TABLE relayed_streams (
    name            text   PRIMARY KEY,
    created_unix_ns bigint NOT NULL,
    last_sequence   bigint NOT NULL,
    losses          bigint NOT NULL DEFAULT 0,
    reconciled      bigint NOT NULL DEFAULT 0
);

-- Videos that were deleted, for who follows changes by position.
CREATE TABLE deleted_videos (
    id         uuid        PRIMARY KEY,
    owner      uuid        NOT NULL,
    series     uuid,
    position   bigint      NOT NULL,
    deleted_at timestamptz NOT NULL
);

CREATE INDEX deleted_videos_of_owner ON deleted_videos (owner, position);
CREATE INDEX deleted_videos_by_time ON deleted_videos (deleted_at);

-- What changed after a position.
CREATE INDEX videos_changed ON videos (owner, position);
CREATE INDEX series_changed ON series (owner, position);

-- What workers owe.
CREATE INDEX videos_under_way ON videos (id) WHERE status IN ('queued', 'generating');
