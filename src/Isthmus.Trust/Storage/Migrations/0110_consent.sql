-- Consents as directives: what a decision needs and nothing else. Persons are pseudonymous keys; no text is kept.
CREATE SCHEMA consent;
REVOKE ALL ON SCHEMA consent FROM PUBLIC;

-- Every version stays, so that a decision can be explained; the newest received of a consent is the one in force.
CREATE TABLE consent.directive (
    received    timestamptz NOT NULL DEFAULT clock_timestamp(),
    person      uuid        NOT NULL,
    no          bigint      GENERATED ALWAYS AS IDENTITY,
    tenant      smallint    NOT NULL,
    in_force    boolean     NOT NULL DEFAULT true,
    consent_id  text        NOT NULL,
    version     text        NOT NULL,
    status      text        NOT NULL,
    readable    boolean     NOT NULL,
    body        bytea       NOT NULL,
    PRIMARY KEY (consent_id, tenant, no)
) WITH (fillfactor = 90);

-- The only index that begins with the tenant: what is asked for by person is never found by reading all of a tenant's consents.
CREATE INDEX directive_person ON consent.directive (tenant, person) WHERE in_force;
CREATE UNIQUE INDEX directive_in_force ON consent.directive (consent_id, tenant) WHERE in_force;

-- Records a version and takes its predecessor out of force. The version in force is left alone when it comes again.
CREATE FUNCTION consent.record(
    p_tenant smallint, p_person uuid, p_consent_id text, p_version text, p_status text, p_readable boolean, p_body bytea)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- One writer per consent: without the lock two could both find no predecessor.
    PERFORM pg_advisory_xact_lock(hashtextextended(format('consent %s %s', p_tenant, p_consent_id), 0));
    IF EXISTS (
        SELECT FROM consent.directive
        WHERE tenant = p_tenant AND consent_id = p_consent_id AND in_force
          AND person = p_person AND version = p_version AND body = p_body) THEN
        RETURN false;
    END IF;
    UPDATE consent.directive SET in_force = false WHERE tenant = p_tenant AND consent_id = p_consent_id AND in_force;
    INSERT INTO consent.directive (tenant, person, consent_id, version, status, readable, body)
    VALUES (p_tenant, p_person, p_consent_id, p_version, p_status, p_readable, p_body);
    RETURN true;
END $$;

-- What one person agreed to or refused is from now on said of another: the two were found to be one. The former rows stay as they were.
CREATE FUNCTION consent.move(p_tenant smallint, p_from uuid, p_to uuid)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    moved integer;
BEGIN
    WITH left_behind AS (
        UPDATE consent.directive SET in_force = false WHERE tenant = p_tenant AND person = p_from AND in_force
        RETURNING consent_id, version, status, readable, body)
    INSERT INTO consent.directive (tenant, person, consent_id, version, status, readable, body, in_force)
    SELECT p_tenant, p_to, consent_id, version, status, readable, body, false FROM left_behind;
    GET DIAGNOSTICS moved = ROW_COUNT;
    -- In a second statement: within the first both rows of a consent would be in force at once.
    UPDATE consent.directive d SET in_force = true
    WHERE d.tenant = p_tenant AND d.person = p_to
      AND NOT EXISTS (SELECT FROM consent.directive n WHERE n.tenant = d.tenant AND n.consent_id = d.consent_id AND n.no > d.no)
      AND NOT d.in_force;
    RETURN moved;
END $$;

REVOKE ALL ON FUNCTION consent.move(smallint, uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION consent.move(smallint, uuid, uuid) TO isthmus_mediation;

REVOKE ALL ON FUNCTION consent.record(smallint, uuid, text, text, text, boolean, bytea) FROM PUBLIC;

GRANT USAGE ON SCHEMA consent TO isthmus_mediation, isthmus_outbound, isthmus_operator;
GRANT SELECT ON consent.directive TO isthmus_mediation, isthmus_outbound, isthmus_operator;
GRANT EXECUTE ON FUNCTION consent.record(smallint, uuid, text, text, text, boolean, bytea) TO isthmus_mediation, isthmus_operator;
