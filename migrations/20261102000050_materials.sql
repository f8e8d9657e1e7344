-- What users brought for their videos. The files lie in the media store; a row
-- says that one may be used, and since when it is not.
CREATE TABLE materials (
    key text PRIMARY KEY,
    owner uuid NOT NULL,
    kind text NOT NULL,
    content_type text NOT NULL,
    bytes bigint NOT NULL,
    sha256 text NOT NULL,
    used_at timestamptz NOT NULL
);

CREATE INDEX materials_of_owner ON materials (owner);
CREATE INDEX materials_by_use ON materials (used_at);
