-- Attempts at partners that do not know a repeat: on disk before the first byte leaves, gone once the attempt is settled. What is
-- found here when a delivery is taken was cut off, and may have taken effect: it is not sent again without a person.
CREATE TABLE outbound.begun (
    delivery_id bigint      PRIMARY KEY,
    since       timestamptz NOT NULL DEFAULT clock_timestamp()
);
GRANT SELECT, INSERT, DELETE ON outbound.begun TO isthmus_outbound;
GRANT SELECT ON outbound.begun TO isthmus_operator;
