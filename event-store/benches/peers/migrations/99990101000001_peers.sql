-- es-entity's queries are checked against these while it compiles.
CREATE TABLE things (
    id uuid PRIMARY KEY,
    created_at timestamptz NOT NULL
);

CREATE TABLE thing_events (
    id uuid NOT NULL REFERENCES things (id),
    sequence int NOT NULL,
    event_type varchar NOT NULL,
    event jsonb NOT NULL,
    context jsonb DEFAULT NULL,
    recorded_at timestamptz NOT NULL,
    UNIQUE (id, sequence)
);

-- As cqrs-es' own example makes its table, under a name of its own.
CREATE TABLE cqrs_events (
    aggregate_type text NOT NULL,
    aggregate_id text NOT NULL,
    sequence bigint CHECK (sequence >= 0) NOT NULL,
    event_type text NOT NULL,
    event_version text NOT NULL,
    payload json NOT NULL,
    metadata json NOT NULL,
    PRIMARY KEY (aggregate_type, aggregate_id, sequence)
);
