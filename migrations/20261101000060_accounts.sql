-- What proves who somebody is. None of it is an event, and none of it is in the
-- clear: addresses are sealed and found by a keyed hash, secrets are hashed.

-- One row a person who can sign in; gone when they are erased.
CREATE TABLE accounts (
    id          uuid        PRIMARY KEY,
    email_index bytea       NOT NULL UNIQUE,
    -- As in the event UserRegistered.
    email       jsonb       NOT NULL,
    -- Sealed; null for who signs in through a provider only.
    password    bytea,
    role        text        NOT NULL CHECK (role IN ('owner', 'admin', 'user')),
    created_at  timestamptz NOT NULL
);

CREATE UNIQUE INDEX accounts_one_owner ON accounts (role) WHERE role = 'owner';

-- Who another provider says they are.
CREATE TABLE account_identities (
    issuer        text  NOT NULL,
    subject_index bytea NOT NULL,
    account       uuid  NOT NULL REFERENCES accounts ON DELETE CASCADE,
    PRIMARY KEY (issuer, subject_index)
);

CREATE INDEX account_identities_of_account ON account_identities (account);

-- Somebody who has yet to prove that the address is theirs.
CREATE TABLE sign_ups (
    token_hash  bytea       PRIMARY KEY,
    email_index bytea       NOT NULL,
    email       bytea       NOT NULL,
    password    bytea       NOT NULL,
    expires_at  timestamptz NOT NULL
);

CREATE INDEX sign_ups_of_email ON sign_ups (email_index);

CREATE TABLE password_resets (
    token_hash bytea       PRIMARY KEY,
    account    uuid        NOT NULL REFERENCES accounts ON DELETE CASCADE,
    expires_at timestamptz NOT NULL
);

CREATE TABLE sessions (
    id         uuid        PRIMARY KEY,
    account    uuid        NOT NULL REFERENCES accounts ON DELETE CASCADE,
    -- As in the event SessionStarted.
    client     jsonb       NOT NULL,
    started_at timestamptz NOT NULL,
    used_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE INDEX sessions_of_account ON sessions (account);

-- The refresh tokens of a session, used ones too: one that comes back was stolen.
CREATE TABLE refresh_tokens (
    token_hash bytea       PRIMARY KEY,
    session    uuid        NOT NULL REFERENCES sessions ON DELETE CASCADE,
    used_at    timestamptz
);

CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session);

CREATE TABLE access_tokens (
    id         uuid        PRIMARY KEY,
    token_hash bytea       NOT NULL UNIQUE,
    account    uuid        NOT NULL REFERENCES accounts ON DELETE CASCADE,
    -- As in the event AccessTokenCreated.
    name       jsonb       NOT NULL,
    scopes     text[]      NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);

CREATE INDEX access_tokens_of_account ON access_tokens (account);

-- Keys that sign access tokens; the newest signs, all that have not retired are
-- believed.
CREATE TABLE signing_keys (
    id         uuid        PRIMARY KEY,
    secret     bytea       NOT NULL,
    created_at timestamptz NOT NULL,
    retires_at timestamptz
);

-- What the tables above did and the log has yet to say, written with it.
CREATE TABLE account_records (
    id         uuid        PRIMARY KEY,
    account    uuid        NOT NULL,
    record     jsonb       NOT NULL,
    created_at timestamptz NOT NULL
);

-- What was asked for and is done after the answer, so that no answer tells by
-- its time whether an address has an account.
CREATE TABLE account_jobs (
    id       uuid        PRIMARY KEY,
    job      bytea       NOT NULL,
    attempts integer     NOT NULL DEFAULT 0,
    due_at   timestamptz NOT NULL
);

CREATE INDEX account_jobs_due ON account_jobs (due_at);

-- When each limited thing may be done again. Forgotten by a crash, which costs
-- nothing.
CREATE UNLOGGED TABLE rate_limits (
    key        bytea       PRIMARY KEY,
    clear_at   timestamptz NOT NULL
);

CREATE INDEX rate_limits_clear ON rate_limits (clear_at);

-- Who is to be forgotten, and whether all of it is done. Kept for ever.
CREATE TABLE erasures (
    person      uuid        PRIMARY KEY,
    asked_at    timestamptz NOT NULL,
    finished_at timestamptz
);
