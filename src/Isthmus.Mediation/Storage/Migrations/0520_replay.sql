-- Puts messages back into Mediation's queue: as they were handled then (the site version of that time) or as they would be
-- now. What was delivered stays delivered; a destination that was denied, or whose delivery is dead, is decided anew.
CREATE FUNCTION mediation.replay(
    p_ids bigint[], p_outcome text, p_source text, p_since timestamptz, p_until timestamptz,
    p_as_was boolean, p_dry_run boolean, p_actor text)
RETURNS TABLE (message_id bigint, outcome text, site_version text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = mediation, exchange, ledger, pg_temp AS $$
BEGIN
    CREATE TEMPORARY TABLE chosen ON COMMIT DROP AS
    SELECT j.id, j.received, j.tenant, j.order_key, o.outcome, m.person,
           CASE WHEN p_as_was THEN m.site_version END AS site_version
    FROM mediation.outcome o
    JOIN mediation.message m ON m.message_id = o.message_id
    JOIN exchange.journal j ON j.id = o.message_id
    WHERE (p_ids IS NULL OR j.id = ANY (p_ids))
      AND (p_outcome IS NULL OR o.outcome = p_outcome)
      AND (p_source IS NULL OR j.source = p_source)
      AND (p_since IS NULL OR j.received >= p_since)
      AND (p_until IS NULL OR j.received < p_until)
      AND NOT EXISTS (SELECT 1 FROM exchange.inbox i WHERE i.id = j.id);

    IF NOT p_dry_run THEN
        -- The dead and the denied give way to what is decided now; they stay in the history.
        UPDATE exchange.delivery d SET state = 's', settled = now(), payload = NULL
        FROM chosen c WHERE d.message_id = c.id AND d.state IN ('k', 'x');

        INSERT INTO exchange.inbox (id, received, order_key, partition, replayed, site_version)
        SELECT c.id, c.received, c.order_key, mod(mod(c.order_key::numeric + 18446744073709551616, 18446744073709551616), 16)::smallint, true, c.site_version
        FROM chosen c;

        PERFORM ledger.append(
            c.tenant, array_agg('message.replayed'::text ORDER BY c.id), array_agg(p_actor ORDER BY c.id), array_agg(c.id ORDER BY c.id),
            array_agg(c.person ORDER BY c.id), array_agg(json_build_object('version', coalesce(c.site_version, 'current'))::text ORDER BY c.id))
        FROM chosen c GROUP BY c.tenant;
    END IF;

    RETURN QUERY SELECT c.id, c.outcome, c.site_version FROM chosen c ORDER BY c.id;
END $$;

REVOKE ALL ON FUNCTION mediation.replay FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mediation.replay TO isthmus_operator;
