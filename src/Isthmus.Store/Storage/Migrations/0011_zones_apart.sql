-- A zone's login leases, fences and returns partitions of its own zone only. A zone is named as its login is
-- (isthmus_mediation: mediation); one that splits its queue says so behind a slash (mediation/replay).
CREATE FUNCTION store.require_own_zone(p_zone text)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Inside a SECURITY DEFINER function session_user is still the login of the connection.
    IF session_user IS DISTINCT FROM 'isthmus_' || split_part(p_zone, '/', 1) THEN
        RAISE EXCEPTION 'store.foreign-zone: a login leases partitions of its own zone' USING ERRCODE = '42501';
    END IF;
END $$;
REVOKE ALL ON FUNCTION store.require_own_zone FROM PUBLIC;

-- The functions of 0001 keep their bodies under another name, out of every zone's reach, behind the check.
ALTER FUNCTION store.take_leases(text, text, int, int) RENAME TO take_leases_of;
ALTER FUNCTION store.fence(text, smallint[], bigint[]) RENAME TO fence_of;
ALTER FUNCTION store.return_leases(text, text) RENAME TO return_leases_of;
REVOKE ALL ON FUNCTION store.take_leases_of, store.fence_of, store.return_leases_of
    FROM isthmus_inbound, isthmus_mediation, isthmus_outbound, isthmus_workflow, isthmus_ledger;

CREATE FUNCTION store.take_leases(p_zone text, p_holder text, p_partitions int, p_seconds int)
RETURNS TABLE (partition smallint, token bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = store, pg_temp AS $$
BEGIN
    PERFORM store.require_own_zone(p_zone);
    RETURN QUERY SELECT * FROM store.take_leases_of(p_zone, p_holder, p_partitions, p_seconds);
END $$;

CREATE FUNCTION store.fence(p_zone text, p_partitions smallint[], p_tokens bigint[])
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = store, pg_temp AS $$
BEGIN
    PERFORM store.require_own_zone(p_zone);
    PERFORM store.fence_of(p_zone, p_partitions, p_tokens);
END $$;

CREATE FUNCTION store.return_leases(p_zone text, p_holder text)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = store, pg_temp AS $$
BEGIN
    PERFORM store.require_own_zone(p_zone);
    PERFORM store.return_leases_of(p_zone, p_holder);
END $$;

REVOKE ALL ON FUNCTION store.take_leases, store.fence, store.return_leases FROM PUBLIC;
GRANT EXECUTE ON FUNCTION store.take_leases, store.fence, store.return_leases
    TO isthmus_mediation, isthmus_outbound, isthmus_workflow, isthmus_ledger;

-- Replay puts messages back as the owner does; Mediation itself only takes them.
REVOKE INSERT ON exchange.inbox FROM isthmus_mediation;

-- Outbound settles deliveries: it changes neither whom they are about nor where they go.
REVOKE UPDATE ON exchange.delivery FROM isthmus_outbound;
GRANT UPDATE (settled, next_attempt, seal_key, attempts, state, effect, reason, policy_version, rule, seal_nonce, payload)
    ON exchange.delivery TO isthmus_outbound;
