-- exchange.append for messages that clients hand in at the door: the ledger learns in the same transaction who brought each new one, with
-- which token and under which contract. A repeat is told by the door's own record of it.
CREATE FUNCTION inbound.hand_in(
    p_tenant smallint, p_window interval, p_refuse_reused boolean,
    p_source text[], p_control_id text[], p_control bigint[], p_content uuid[],
    p_order_key bigint[], p_partition smallint[], p_seal_key int[], p_seal_nonce bigint[], p_size int[], p_body bytea[],
    p_client text[], p_token uuid[], p_contract text[], p_correlation text[])
RETURNS TABLE (ordinal int, message_id bigint, verdict "char")
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ordinals int[];
    ids      bigint[];
    verdicts "char"[];
BEGIN
    SELECT array_agg(a.ordinal ORDER BY a.ordinal), array_agg(a.message_id ORDER BY a.ordinal), array_agg(a.verdict ORDER BY a.ordinal)
    INTO ordinals, ids, verdicts
    FROM exchange.append(
        p_tenant, p_window, p_refuse_reused, p_source, p_control_id, p_control, p_content, p_order_key, p_partition, p_seal_key, p_seal_nonce,
        p_size, p_body, p_client, p_token) a;

    PERFORM ledger.append(
        p_tenant, array_agg('message.handed-in'::text), array_agg(p_client[n.ordinal]), array_agg(n.id), array_agg(NULL::uuid),
        array_agg(json_build_object(
            'client', p_client[n.ordinal], 'token', replace(p_token[n.ordinal]::text, '-', ''), 'source', p_source[n.ordinal],
            'contract', p_contract[n.ordinal], 'correlation', p_correlation[n.ordinal])::text))
    FROM unnest(ordinals, ids, verdicts) AS n(ordinal, id, verdict) WHERE n.verdict IN ('n', 'u')
    HAVING count(*) > 0;

    RETURN QUERY SELECT * FROM unnest(ordinals, ids, verdicts);
END $$;

REVOKE ALL ON FUNCTION inbound.hand_in FROM PUBLIC;
GRANT EXECUTE ON FUNCTION inbound.hand_in TO isthmus_inbound;

-- The edge heeds the switches too: what an integration sends is refused while it is off.
GRANT USAGE ON SCHEMA access TO isthmus_inbound;
GRANT SELECT ON access.switch TO isthmus_inbound;
