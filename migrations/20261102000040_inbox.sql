-- What people were told of; one row an event that is worth telling.
CREATE TABLE notifications (
    id         uuid        PRIMARY KEY,
    owner      uuid        NOT NULL,
    video      uuid        NOT NULL,
    unread     boolean     NOT NULL,
    created_at timestamptz NOT NULL,
    position   bigint      NOT NULL,
    document   jsonb       NOT NULL
);

CREATE INDEX notifications_of_owner ON notifications (owner, created_at DESC, id DESC);
CREATE INDEX notifications_unread ON notifications (owner, created_at DESC, id DESC) WHERE unread;
CREATE INDEX notifications_changed ON notifications (owner, position);
CREATE INDEX notifications_of_video ON notifications (video);

-- Videos that were deleted after something was told of them, for who follows
-- changes by position.
CREATE TABLE withdrawn_notifications (
    video    uuid   PRIMARY KEY,
    owner    uuid   NOT NULL,
    position bigint NOT NULL
);

CREATE INDEX withdrawn_notifications_of_owner ON withdrawn_notifications (owner, position);

-- What videos are called, for who tells of them.
CREATE TABLE video_names (
    video uuid PRIMARY KEY,
    name  text NOT NULL
);
