-- What was spent, one line a call of a provider. It stays when its video is
-- deleted: the money does not come back.
CREATE TABLE video_costs (
    video         uuid        NOT NULL,
    revision      bigint      NOT NULL,
    owner         uuid        NOT NULL,
    series        uuid,
    stage         text        NOT NULL,
    provider      text        NOT NULL,
    model         text        NOT NULL,
    cost_microusd bigint      NOT NULL,
    spent_at      timestamptz NOT NULL,
    PRIMARY KEY (video, revision)
);

CREATE INDEX video_costs_of_owner ON video_costs (owner, spent_at);
CREATE INDEX video_costs_by_time ON video_costs (spent_at);
