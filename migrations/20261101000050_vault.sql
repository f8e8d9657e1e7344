-- The key of each person, wrapped by a master key: what is personal in the log
-- is sealed under it. A destroyed one stays as a row without a key, for ever, so
-- that none is made anew for a person who was erased.
CREATE TABLE person_keys (
    person       uuid        PRIMARY KEY,
    -- The id of the master key, not the key.
    master_key   text,
    wrapped      bytea,
    created_at   timestamptz NOT NULL DEFAULT now(),
    destroyed_at timestamptz,
    CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL)),
    CHECK ((wrapped IS NULL) = (master_key IS NULL))
);

-- The keys of the program itself, by what they are for.
CREATE TABLE vault_keys (
    name       text        PRIMARY KEY,
    master_key text        NOT NULL,
    wrapped    bytea       NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
