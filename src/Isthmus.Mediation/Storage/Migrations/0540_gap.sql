-- What the contract calls critical and a message did not bring: a person was asked for it, and a later message that brings it closes
-- the task and takes the row away. Field names and keys only.
CREATE TABLE mediation.gap (
    resource   uuid        NOT NULL,   -- what carries the mark
    person     uuid        NOT NULL,
    message_id bigint      NOT NULL,
    since      timestamptz NOT NULL DEFAULT now(),
    tenant     smallint    NOT NULL,
    field      text        NOT NULL,
    contract   text        NOT NULL,
    PRIMARY KEY (resource, field)
);
CREATE INDEX gap_person ON mediation.gap (person);
CREATE INDEX gap_message ON mediation.gap (message_id);

GRANT SELECT, INSERT, DELETE ON mediation.gap TO isthmus_mediation;
GRANT SELECT ON mediation.gap TO isthmus_operator;
