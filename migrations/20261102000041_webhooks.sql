-- Programs of people that are told what happens. The address may hold a secret,
-- so it is sealed as the signing secrets are. No foreign key: the local owner
-- has no account.
CREATE TABLE webhook_endpoints (
    id               uuid        PRIMARY KEY,
    owner            uuid        NOT NULL,
    url              bytea       NOT NULL,
    description      text        NOT NULL,
    -- Of what it is told.
    kinds            text[]      NOT NULL,
    secret           bytea       NOT NULL,
    -- Signs besides, until receivers know the new one.
    old_secret       bytea,
    old_secret_until timestamptz,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    disabled_at      timestamptz,
    disabled_because text        CHECK (disabled_because IN ('asked', 'gone', 'failing')),
    -- Since when every attempt has failed.
    failing_since    timestamptz,
    CHECK ((old_secret IS NULL) = (old_secret_until IS NULL)),
    CHECK ((disabled_at IS NULL) = (disabled_because IS NULL))
);

CREATE INDEX webhook_endpoints_of_owner ON webhook_endpoints (owner, created_at, id);

-- One message to one endpoint, kept until it is delivered or given up, and for
-- some time after that to be looked at. Written in the transaction that moves
-- the announcer's checkpoint past the event that it tells of.
CREATE TABLE webhook_deliveries (
    id              uuid        PRIMARY KEY,
    endpoint        uuid        NOT NULL REFERENCES webhook_endpoints ON DELETE CASCADE,
    -- Null for a test.
    notification    uuid,
    video           uuid,
    event_type      text        NOT NULL,
    -- The very bytes that are signed.
    body            text        NOT NULL,
    state           text        NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
    created_at      timestamptz NOT NULL,
    attempts        integer     NOT NULL DEFAULT 0,
    -- Since it was last begun, by the event or by its owner.
    round_began_at  timestamptz NOT NULL,
    round_attempts  integer     NOT NULL DEFAULT 0,
    -- Null unless it is pending.
    next_attempt_at timestamptz,
    -- Some process is at it until then.
    leased_until    timestamptz,
    ended_at        timestamptz,
    UNIQUE (endpoint, notification),
    CHECK ((state = 'pending') = (next_attempt_at IS NOT NULL)),
    CHECK ((state = 'pending') = (ended_at IS NULL))
);

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_attempt_at)
    WHERE state = 'pending';
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (endpoint, next_attempt_at, id)
    WHERE state = 'pending';
CREATE INDEX webhook_deliveries_of_endpoint ON webhook_deliveries (endpoint, created_at DESC, id DESC);
CREATE INDEX webhook_deliveries_of_video ON webhook_deliveries (video);
CREATE INDEX webhook_deliveries_ended ON webhook_deliveries (ended_at);

CREATE TABLE webhook_attempts (
    delivery    uuid        NOT NULL REFERENCES webhook_deliveries ON DELETE CASCADE,
    number      integer     NOT NULL,
    at          timestamptz NOT NULL,
    duration_ms integer     NOT NULL,
    -- One of the two: what was answered, or why nothing was.
    status      integer,
    problem     text,
    PRIMARY KEY (delivery, number),
    CHECK ((status IS NULL) <> (problem IS NULL))
);
