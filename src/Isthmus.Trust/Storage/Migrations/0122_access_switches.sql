-- What an operator has switched off. A row is there while it is off; the ledger tells of every change. Raising the epoch is what makes
-- every node take it over within a second.
CREATE TABLE access.switch (
    off_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    tenant  smallint    NOT NULL,
    kind    text        NOT NULL CHECK (kind IN ('client', 'tenant', 'route', 'scope', 'integration', 'destination')),
    target  text        NOT NULL CHECK (length(target) BETWEEN 1 AND 1024),
    off_by  text        NOT NULL CHECK (length(off_by) BETWEEN 1 AND 200),
    reason  text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 1000),
    PRIMARY KEY (kind, target, tenant)
);

-- False when it was off already.
CREATE FUNCTION access.switch_off(p_tenant smallint, p_kind text, p_target text, p_by text, p_reason text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO access.switch (tenant, kind, target, off_by, reason) VALUES (p_tenant, p_kind, p_target, p_by, p_reason) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM access.next_epoch();
    PERFORM ledger.append(
        p_tenant, ARRAY['switch.off'], ARRAY[p_by], ARRAY[NULL]::bigint[], ARRAY[NULL]::uuid[],
        ARRAY[json_build_object('kind', p_kind, 'target', p_target, 'reason', p_reason)::text]);
    RETURN true;
END $$;

-- False when it was on already.
CREATE FUNCTION access.switch_on(p_tenant smallint, p_kind text, p_target text, p_by text, p_reason text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF length(p_by) NOT BETWEEN 1 AND 200 OR length(p_reason) NOT BETWEEN 1 AND 1000 THEN
        RAISE EXCEPTION 'switch.unexplained: a person and a reason are needed' USING errcode = '22023';
    END IF;
    DELETE FROM access.switch s WHERE s.tenant = p_tenant AND s.kind = p_kind AND s.target = p_target;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM access.next_epoch();
    PERFORM ledger.append(
        p_tenant, ARRAY['switch.on'], ARRAY[p_by], ARRAY[NULL]::bigint[], ARRAY[NULL]::uuid[],
        ARRAY[json_build_object('kind', p_kind, 'target', p_target, 'reason', p_reason)::text]);
    RETURN true;
END $$;

REVOKE ALL ON FUNCTION access.switch_off, access.switch_on FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access.switch_off, access.switch_on TO isthmus_operator;
GRANT SELECT ON access.switch TO isthmus_admission, isthmus_tokens, isthmus_operator;
-- Outbound holds what goes to a destination that is off.
GRANT USAGE ON SCHEMA access TO isthmus_outbound;
GRANT SELECT ON access.switch TO isthmus_outbound;
