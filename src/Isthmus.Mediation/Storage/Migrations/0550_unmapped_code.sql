-- Codes that sources send and no table of the site knows: what somebody must give a meaning. A sender may write anything where a code
-- belongs, a patient's name too: what was sent, and the meaning proposed for it, lie here only under the tenant's data key, and a keyed
-- hash knows the same code again.
CREATE TABLE mediation.unmapped_code (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    seen         bigint      NOT NULL,
    first_seen   timestamptz NOT NULL DEFAULT now(),
    last_seen    timestamptz NOT NULL DEFAULT now(),
    proposed     timestamptz,
    key          uuid        NOT NULL,   -- HMAC of source, table, field, system and code
    tenant       smallint    NOT NULL,
    named        boolean     NOT NULL,   -- a display is in what was sent
    source       text        NOT NULL,
    kind         text        NOT NULL,   -- codes, vocabulary, units
    table_name   text        NOT NULL,
    field        text        NOT NULL,
    proposed_by  text,
    sent         bytea       NOT NULL,   -- sealed: code, system, display
    proposal     bytea,                  -- sealed: what it means
    messages     bigint[]    NOT NULL,   -- the first to bring it
    UNIQUE (tenant, key)
) WITH (fillfactor = 70);

-- Notes that a meaning was written into the site's tables, and who did.
CREATE FUNCTION mediation.propose_code(p_tenant smallint, p_id bigint, p_proposal bytea, p_actor text)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE mediation.unmapped_code SET proposed = now(), proposed_by = p_actor, proposal = p_proposal WHERE id = p_id AND tenant = p_tenant;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM ledger.append(
        p_tenant, ARRAY['code.proposed'], ARRAY[p_actor], ARRAY[NULL::bigint], ARRAY[NULL::uuid],
        ARRAY[jsonb_build_object('code', p_id)::text]);
    RETURN true;
END $$;

REVOKE ALL ON FUNCTION mediation.propose_code FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mediation.propose_code TO isthmus_mediation;
GRANT SELECT, INSERT, UPDATE ON mediation.unmapped_code TO isthmus_mediation;
GRANT SELECT (id, seen, first_seen, last_seen, proposed, tenant, source, kind, table_name, field, proposed_by, messages)
    ON mediation.unmapped_code TO isthmus_operator;
