-- Who handed a message in at the door: the client, and the token it came with as a hash. Null for what came in at a listener of its own.
ALTER TABLE exchange.journal ADD COLUMN client text, ADD COLUMN token uuid;
GRANT SELECT (client, token) ON exchange.journal TO isthmus_operator;

-- Journal, dedupe and inbox in one go. Verdicts: n new, u new under a control id seen before with other content,
-- x refused because the control id was (nothing is kept), r repeat (message_id is that of the first, or null while the
-- first is being committed by another: call again). The caller sends no control id twice in one call; null stands
-- for clients and tokens where none were shown.
CREATE FUNCTION exchange.append(
    p_tenant smallint, p_window interval, p_refuse_reused boolean,
    p_source text[], p_control_id text[], p_control bigint[], p_content uuid[],
    p_order_key bigint[], p_partition smallint[], p_seal_key int[], p_seal_nonce bigint[], p_size int[], p_body bytea[],
    p_client text[], p_token uuid[])
RETURNS TABLE (ordinal int, message_id bigint, verdict "char")
LANGUAGE plpgsql SECURITY DEFINER SET search_path = exchange, pg_temp AS $$
DECLARE
    at timestamptz := clock_timestamp();
BEGIN
    RETURN QUERY
    WITH given AS MATERIALIZED (
        SELECT g.*, nextval('exchange.message_id') AS new_id,
               EXISTS (SELECT 1 FROM exchange.seen s
                       WHERE s.control = g.control AND s.content <> g.content AND s.received > at - p_window) AS reused
        FROM unnest(p_source, p_control_id, p_control, p_content, p_order_key, p_partition, p_seal_key, p_seal_nonce, p_size, p_body,
                    p_client, p_token)
             WITH ORDINALITY AS g(source, control_id, control, content, order_key, part, seal_key, nonce, size, body, client, token, ord)),
    -- In the order of the key, so that two nodes with the same repeats wait for one another and never in a circle.
    fresh AS (
        INSERT INTO exchange.seen AS s (control, content, message_id, received)
        SELECT g.control, g.content, g.new_id, at FROM given g
        WHERE NOT (p_refuse_reused AND g.reused) ORDER BY g.control, g.content
        ON CONFLICT (control, content) DO UPDATE SET message_id = EXCLUDED.message_id, received = EXCLUDED.received
        WHERE s.received <= at - p_window
        RETURNING s.message_id),
    journalled AS (
        INSERT INTO exchange.journal (id, received, tenant, seal_key, seal_nonce, size, source, control_id, content, order_key, reused, body,
            client, token)
        SELECT g.new_id, at, p_tenant, g.seal_key, g.nonce, g.size, g.source, g.control_id, g.content, g.order_key, g.reused, g.body,
            g.client, g.token
        FROM given g WHERE g.new_id IN (SELECT f.message_id FROM fresh f)),
    queued AS (
        INSERT INTO exchange.inbox (id, received, order_key, partition)
        SELECT g.new_id, at, g.order_key, g.part
        FROM given g WHERE g.new_id IN (SELECT f.message_id FROM fresh f)),
    answered AS (
        SELECT g.ord, p_refuse_reused AND g.reused AS refused, g.reused, f.message_id AS first_id,
               CASE WHEN f.message_id IS NULL THEN
                   (SELECT s.message_id FROM exchange.seen s WHERE s.control = g.control AND s.content = g.content) END AS earlier_id
        FROM given g LEFT JOIN fresh f ON f.message_id = g.new_id)
    SELECT a.ord::int, coalesce(a.first_id, a.earlier_id),
           (CASE WHEN a.first_id IS NOT NULL THEN CASE WHEN a.reused THEN 'u' ELSE 'n' END
                 WHEN a.earlier_id IS NULL AND a.refused THEN 'x'
                 ELSE 'r' END)::"char"
    FROM answered a ORDER BY a.ord;
END $$;

-- As nodes of the version before call it.
CREATE OR REPLACE FUNCTION exchange.append(
    p_tenant smallint, p_window interval, p_refuse_reused boolean,
    p_source text[], p_control_id text[], p_control bigint[], p_content uuid[],
    p_order_key bigint[], p_partition smallint[], p_seal_key int[], p_seal_nonce bigint[], p_size int[], p_body bytea[])
RETURNS TABLE (ordinal int, message_id bigint, verdict "char")
LANGUAGE plpgsql SECURITY DEFINER SET search_path = exchange, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT * FROM exchange.append(
        p_tenant, p_window, p_refuse_reused, p_source, p_control_id, p_control, p_content, p_order_key, p_partition, p_seal_key, p_seal_nonce,
        p_size, p_body, NULL, NULL);
END $$;

REVOKE ALL ON FUNCTION exchange.append(
    smallint, interval, boolean, text[], text[], bigint[], uuid[], bigint[], smallint[], int[], bigint[], int[], bytea[], text[], uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION exchange.append(
    smallint, interval, boolean, text[], text[], bigint[], uuid[], bigint[], smallint[], int[], bigint[], int[], bytea[], text[], uuid[]) TO isthmus_inbound;
