-- Whom to tell of what, by which way; what is not here is as the program has it
-- by default.
CREATE TABLE notification_preferences (
    owner   uuid    NOT NULL,
    kind    text    NOT NULL,
    channel text    NOT NULL,
    enabled boolean NOT NULL,
    PRIMARY KEY (owner, kind, channel)
);

-- Mails that tell of something, until they are sent or given up. Written in the
-- transaction that moves the announcer's checkpoint past the event.
CREATE TABLE notification_mails (
    -- Of the mail too: a repeat is the same mail.
    id       uuid        PRIMARY KEY,
    owner    uuid        NOT NULL,
    video    uuid        NOT NULL,
    notice   jsonb       NOT NULL,
    attempts integer     NOT NULL DEFAULT 0,
    due_at   timestamptz NOT NULL
);

CREATE INDEX notification_mails_due ON notification_mails (due_at);
CREATE INDEX notification_mails_of_video ON notification_mails (video);
CREATE INDEX notification_mails_of_owner ON notification_mails (owner);
