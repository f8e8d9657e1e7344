-- How far each follower of the log has come. Advanced by compare-and-set in
-- the transaction that writes what it read, so nothing is applied twice.
CREATE TABLE checkpoints (
    name       text        PRIMARY KEY,
    epoch      uuid        NOT NULL,
    position   bigint      NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- One document a series; columns are what readers select and sort by.
CREATE TABLE series (
    id         uuid        PRIMARY KEY,
    owner      uuid        NOT NULL,
    archived   boolean     NOT NULL,
    created_at timestamptz NOT NULL,
    position   bigint      NOT NULL,
    document   jsonb       NOT NULL
);

CREATE INDEX series_of_owner ON series (owner, created_at DESC, id DESC);

-- One document a video, likewise.
CREATE TABLE videos (
    id           uuid        PRIMARY KEY,
    owner        uuid        NOT NULL,
    series       uuid,
    status       text        NOT NULL,
    requested_at timestamptz NOT NULL,
    position     bigint      NOT NULL,
    document     jsonb       NOT NULL
);

CREATE INDEX videos_of_owner ON videos (owner, requested_at DESC, id DESC);
CREATE INDEX videos_of_series ON videos (series, requested_at DESC, id DESC) WHERE series IS NOT NULL;

-- Every event of every video, readable.
CREATE TABLE video_timeline (
    video       uuid        NOT NULL,
    revision    bigint      NOT NULL,
    owner       uuid        NOT NULL,
    position    bigint      NOT NULL,
    type_name   text        NOT NULL,
    occurred_at timestamptz NOT NULL,
    actor       text        NOT NULL,
    summary     text        NOT NULL,
    data        jsonb       NOT NULL,
    PRIMARY KEY (video, revision)
);
