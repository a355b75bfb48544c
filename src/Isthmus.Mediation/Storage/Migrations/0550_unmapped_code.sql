-- Codes that sources send and no table of the site knows: what somebody must give a meaning. Test codes and their names, no patient.
CREATE TABLE mediation.unmapped_code (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    seen         bigint      NOT NULL,
    first_seen   timestamptz NOT NULL DEFAULT now(),
    last_seen    timestamptz NOT NULL DEFAULT now(),
    proposed     timestamptz,
    tenant       smallint    NOT NULL,
    source       text        NOT NULL,
    kind         text        NOT NULL,   -- codes, vocabulary, units
    table_name   text        NOT NULL,
    system       text        NOT NULL,
    code         text        NOT NULL,   -- empty: what stood in its place was no code
    display      text        NOT NULL,
    field        text        NOT NULL,
    target       text,
    proposed_by  text,
    messages     bigint[]    NOT NULL,   -- the first to bring it
    UNIQUE (tenant, source, table_name, system, code, field)
) WITH (fillfactor = 70);

-- Notes that a meaning was written into the site's tables, and who did.
CREATE FUNCTION mediation.propose_code(p_id bigint, p_target text, p_actor text)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    of_tenant smallint;
BEGIN
    UPDATE mediation.unmapped_code SET proposed = now(), proposed_by = p_actor, target = p_target WHERE id = p_id RETURNING tenant INTO of_tenant;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM ledger.append(
        of_tenant, ARRAY['code.proposed'], ARRAY[p_actor], ARRAY[NULL::bigint], ARRAY[NULL::uuid],
        ARRAY[jsonb_build_object('code', p_id, 'target', p_target)::text]);
    RETURN true;
END $$;

REVOKE ALL ON FUNCTION mediation.propose_code FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mediation.propose_code TO isthmus_operator;
GRANT SELECT, INSERT, UPDATE ON mediation.unmapped_code TO isthmus_mediation;
GRANT SELECT ON mediation.unmapped_code TO isthmus_operator;
