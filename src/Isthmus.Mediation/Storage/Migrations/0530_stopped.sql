-- Messages that stopped (quarantined, or waiting for a person or for an earlier one), while later ones of the same patient come.
-- A row goes when the message is worked again to its end, or when the contract's longest hold is over, which alerts somebody.
CREATE TABLE mediation.stopped (
    message_id bigint      PRIMARY KEY,
    order_key  bigint      NOT NULL,
    person     uuid,
    since      timestamptz NOT NULL DEFAULT now(),
    until      timestamptz NOT NULL,
    tenant     smallint    NOT NULL,
    behind     boolean     NOT NULL     -- it stopped only because an earlier one had: it goes on by itself
);
CREATE INDEX stopped_order ON mediation.stopped (order_key);
CREATE INDEX stopped_person ON mediation.stopped (person) WHERE person IS NOT NULL;
CREATE INDEX stopped_until ON mediation.stopped (until);

-- Puts back into the queue what waits for nobody any more, under the site version that handled it.
CREATE FUNCTION mediation.release_held()
RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    released int;
BEGIN
    WITH free AS (
        DELETE FROM mediation.stopped s
        WHERE s.behind AND NOT EXISTS (
            SELECT FROM mediation.stopped e
            WHERE e.message_id < s.message_id AND e.tenant = s.tenant AND (e.order_key = s.order_key OR e.person = s.person))
        RETURNING s.message_id)
    INSERT INTO exchange.inbox (id, received, order_key, partition, replayed, site_version)
    SELECT j.id, j.received, j.order_key, mod(mod(j.order_key::numeric + 18446744073709551616, 18446744073709551616), 16)::smallint,
           true, m.site_version
    FROM free f JOIN exchange.journal j ON j.id = f.message_id JOIN mediation.message m ON m.message_id = f.message_id
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS released = ROW_COUNT;
    RETURN released;
END $$;

REVOKE ALL ON FUNCTION mediation.release_held FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mediation.release_held TO isthmus_mediation;
GRANT SELECT, INSERT, DELETE, UPDATE (person) ON mediation.stopped TO isthmus_mediation;
GRANT SELECT ON mediation.stopped TO isthmus_operator;
