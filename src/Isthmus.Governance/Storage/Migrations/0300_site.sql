-- Sites as they were applied. A version is the hash of its files, so a stored one can never mean anything else.
CREATE SCHEMA site;
REVOKE ALL ON SCHEMA site FROM PUBLIC;

CREATE TABLE site.snapshot (
    version  text  PRIMARY KEY,
    files    bytea NOT NULL          -- a zip archive
);
ALTER TABLE site.snapshot ALTER COLUMN files SET STORAGE EXTERNAL;

-- Every time a version was put into force; the last row is the site now. Going back is applying an earlier version.
CREATE TABLE site.application (
    epoch       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    applied_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    version     text        NOT NULL REFERENCES site.snapshot (version),
    applied_by  text        NOT NULL
);
CREATE INDEX application_version ON site.application (version, epoch DESC);

CREATE FUNCTION site.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'site.immutable: % on site.% is refused', tg_op, tg_table_name USING errcode = '42501';
END $$;

CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON site.snapshot
    FOR EACH STATEMENT EXECUTE FUNCTION site.refuse_change();
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON site.application
    FOR EACH STATEMENT EXECUTE FUNCTION site.refuse_change();

-- Puts a version into force. The version that is in force already stays so and makes no new epoch.
CREATE FUNCTION site.apply(p_version text, p_files bytea, p_by text)
RETURNS TABLE (epoch bigint, applied_at timestamptz, previous text, changed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    now_in_force site.application;
    added        site.application;
BEGIN
    -- Two operators at once: the second sees the first.
    PERFORM pg_advisory_xact_lock(hashtextextended('site.apply', 0));
    SELECT a.* INTO now_in_force FROM site.application a ORDER BY a.epoch DESC LIMIT 1;
    IF now_in_force.version = p_version THEN
        RETURN QUERY SELECT now_in_force.epoch, now_in_force.applied_at, now_in_force.version, false;
        RETURN;
    END IF;
    INSERT INTO site.snapshot (version, files) VALUES (p_version, p_files) ON CONFLICT (version) DO NOTHING;
    INSERT INTO site.application (version, applied_by) VALUES (p_version, p_by) RETURNING * INTO added;
    RETURN QUERY SELECT added.epoch, added.applied_at, now_in_force.version, true;
END $$;

REVOKE ALL ON FUNCTION site.apply(text, bytea, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION site.refuse_change() FROM PUBLIC;

GRANT USAGE ON SCHEMA site
    TO isthmus_inbound, isthmus_mediation, isthmus_outbound, isthmus_workflow, isthmus_operator, isthmus_ledger;
GRANT SELECT ON site.snapshot, site.application
    TO isthmus_inbound, isthmus_mediation, isthmus_outbound, isthmus_workflow, isthmus_operator, isthmus_ledger;
GRANT EXECUTE ON FUNCTION site.apply(text, bytea, text) TO isthmus_operator;
