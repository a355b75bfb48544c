-- Takes a partner out, in one transaction: its integrations and destinations are switched off, its clients revoked, their tokens taken
-- back, and what was kept to answer their repeats is dropped. Each of these writes its own ledger event; one more says that they belong
-- together. What was done before is left as it is, so it can be called again.
--
-- A client is the partner's when it is registered for one of the integrations, or under the partner's name.
CREATE FUNCTION access.offboard(p_tenant smallint, p_partner text, p_integrations text[], p_destinations text[], p_by text, p_reason text)
RETURNS TABLE (what text, target text, changed boolean, times integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    one     access.client;
    revoked integer := 0;
    cut     integer := 0;
    any_    boolean := false;
BEGIN
    times := 1;
    FOREACH target IN ARRAY p_integrations LOOP
        what := 'integration-off';
        changed := access.switch_off(p_tenant, 'integration', target, p_by, p_reason);
        any_ := any_ OR changed;
        RETURN NEXT;
    END LOOP;
    FOREACH target IN ARRAY p_destinations LOOP
        what := 'destination-off';
        changed := access.switch_off(p_tenant, 'destination', target, p_by, p_reason);
        any_ := any_ OR changed;
        RETURN NEXT;
    END LOOP;
    FOR one IN
        SELECT * FROM access.client c
        WHERE c.tenant = p_tenant AND (c.integration = ANY (p_integrations) OR c.owner = p_partner) ORDER BY c.registered_at, c.id
    LOOP
        target := one.id;
        times := 1;
        what := 'client-revoked';
        changed := access.revoke_client(one.id, p_by, p_reason) IS NULL;
        revoked := revoked + changed::int;
        RETURN NEXT;

        what := 'tokens-revoked';
        WITH taken AS (
            INSERT INTO tokens.revoked (id, expires, changed)
            SELECT i.id, i.expires, e.epoch FROM tokens.issued i, (SELECT access.next_epoch() AS epoch) e
            WHERE i.client = one.id AND i.expires > clock_timestamp() AND NOT EXISTS (SELECT FROM tokens.revoked r WHERE r.id = i.id)
            ON CONFLICT DO NOTHING RETURNING 1)
        SELECT count(*) INTO times FROM taken;
        changed := times > 0;
        cut := cut + times;
        RETURN NEXT;

        what := 'answers-dropped';
        DELETE FROM access.idempotency i WHERE i.tenant = p_tenant AND i.client = one.id;
        GET DIAGNOSTICS times = ROW_COUNT;
        changed := times > 0;
        RETURN NEXT;
    END LOOP;
    IF any_ OR revoked + cut > 0 THEN
        PERFORM ledger.append(
            p_tenant, ARRAY['partner.offboarded'], ARRAY[p_by], ARRAY[NULL]::bigint[], ARRAY[NULL]::uuid[],
            ARRAY[json_build_object('partner', p_partner, 'reason', p_reason, 'clients', revoked, 'tokens', cut,
                'integrations', p_integrations, 'destinations', p_destinations)::text]);
    END IF;
END $$;

REVOKE ALL ON FUNCTION access.offboard FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access.offboard TO isthmus_operator;
