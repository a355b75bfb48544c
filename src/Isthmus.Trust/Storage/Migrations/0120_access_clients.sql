-- Who may come through the door, and the number that says when that changed.
--
--   epoch    one row; every change of anything that decides at the door raises it in its own transaction
--   client   who is registered, for which integration and environment, with which keys and how much
--
-- Nodes hold all of this in memory and ask for the epoch several times a second. The row is locked until the change
-- commits, so changes stand in the order of their epochs and nobody misses a late one.

CREATE SCHEMA access;
REVOKE ALL ON SCHEMA access FROM PUBLIC;

CREATE TABLE access.epoch (
    one    boolean PRIMARY KEY DEFAULT true CHECK (one),
    epoch  bigint NOT NULL
) WITH (fillfactor = 10);
INSERT INTO access.epoch (epoch) VALUES (1);

CREATE FUNCTION access.next_epoch() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE access.epoch SET epoch = epoch + 1 RETURNING epoch;
$$;

CREATE TABLE access.client (
    id                   text        PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 128),
    tenant               smallint    NOT NULL,
    name                 text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    integration          text        NOT NULL,
    environment          text        NOT NULL CHECK (environment IN ('demo', 'test', 'production')),
    purpose              text        NOT NULL CHECK (length(purpose) BETWEEN 1 AND 500),
    owner                text        NOT NULL CHECK (length(owner) BETWEEN 1 AND 200),
    state                text        NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'approved', 'revoked')),
    expires              timestamptz NOT NULL,
    scopes               text        NOT NULL CHECK (length(scopes) BETWEEN 1 AND 8192),
    traffic              text        NOT NULL CHECK (traffic IN ('interactive', 'batch')),
    -- One way to prove itself: keys given here, keys at a URL, or a certificate.
    keys                 text        CHECK (length(keys) <= 65536),
    keys_hash            bytea       CHECK (length(keys_hash) = 32),
    keys_url             text        CHECK (length(keys_url) <= 2048),
    algorithms           text[]      NOT NULL DEFAULT '{}',
    certificate          text        CHECK (length(certificate) = 43),
    subject              text        CHECK (length(subject) <= 1000),
    requires_dpop        boolean     NOT NULL DEFAULT false,
    registered_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    registered_by        text        NOT NULL,
    approved_at          timestamptz,
    approved_by          text,
    revoked_at           timestamptz,
    revoked_by           text,
    changed              bigint      NOT NULL,
    CHECK ((keys IS NOT NULL)::int + (keys_url IS NOT NULL)::int + (certificate IS NOT NULL OR subject IS NOT NULL)::int = 1),
    CHECK ((keys IS NULL) = (keys_hash IS NULL)),
    -- Whoever registered it does not approve it.
    CHECK (approved_by <> registered_by)
);
CREATE INDEX client_changed ON access.client (changed);

-- All that a client is was looked at when it was approved: afterwards it can be revoked, and nothing else about it changes.
CREATE FUNCTION access.keep_client() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF tg_op <> 'UPDATE' THEN
        RAISE EXCEPTION 'client.immutable: % on access.client is refused', tg_op USING errcode = '42501';
    END IF;
    IF (OLD.id, OLD.tenant, OLD.name, OLD.integration, OLD.environment, OLD.purpose, OLD.owner, OLD.expires, OLD.scopes, OLD.traffic,
        OLD.keys, OLD.keys_hash, OLD.keys_url, OLD.algorithms, OLD.certificate, OLD.subject, OLD.requires_dpop, OLD.registered_at, OLD.registered_by)
       IS DISTINCT FROM
       (NEW.id, NEW.tenant, NEW.name, NEW.integration, NEW.environment, NEW.purpose, NEW.owner, NEW.expires, NEW.scopes, NEW.traffic,
        NEW.keys, NEW.keys_hash, NEW.keys_url, NEW.algorithms, NEW.certificate, NEW.subject, NEW.requires_dpop, NEW.registered_at, NEW.registered_by)
       OR (OLD.state, NEW.state) NOT IN (('pending', 'approved'), ('pending', 'revoked'), ('approved', 'revoked')) THEN
        RAISE EXCEPTION 'client.immutable: only the state of a client changes, and only forward' USING errcode = '42501';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_client BEFORE UPDATE OR DELETE ON access.client FOR EACH ROW EXECUTE FUNCTION access.keep_client();
CREATE TRIGGER keep_clients BEFORE TRUNCATE ON access.client FOR EACH STATEMENT EXECUTE FUNCTION access.keep_client();

-- Each function writes its ledger event itself, so that no login can change a client without one. Where it answers a rule id,
-- nothing was done.
CREATE FUNCTION access.register_client(
    p_id text, p_tenant smallint, p_name text, p_integration text, p_environment text, p_purpose text, p_owner text, p_expires timestamptz,
    p_scopes text, p_traffic text, p_keys text, p_keys_hash bytea, p_keys_url text, p_algorithms text[], p_certificate text, p_subject text,
    p_requires_dpop boolean, p_by text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO access.client (
        id, tenant, name, integration, environment, purpose, owner, expires, scopes, traffic, keys, keys_hash, keys_url, algorithms,
        certificate, subject, requires_dpop, registered_by, changed)
    VALUES (
        p_id, p_tenant, p_name, p_integration, p_environment, p_purpose, p_owner, p_expires, p_scopes, p_traffic, p_keys, p_keys_hash,
        p_keys_url, p_algorithms, p_certificate, p_subject, p_requires_dpop, p_by, access.next_epoch());
    PERFORM ledger.append(
        p_tenant, ARRAY['client.registered'], ARRAY[p_by], ARRAY[NULL]::bigint[], ARRAY[NULL]::uuid[],
        ARRAY[json_build_object(
            'client', p_id, 'integration', p_integration, 'environment', p_environment, 'scope', p_scopes,
            'credential', coalesce(encode(p_keys_hash, 'hex'), p_keys_url, p_certificate, p_subject))::text]);
END $$;

CREATE FUNCTION access.approve_client(p_id text, p_by text, p_reason text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found access.client;
BEGIN
    SELECT c.* INTO found FROM access.client c WHERE c.id = p_id FOR UPDATE;
    IF found.id IS NULL THEN
        RETURN 'client.unknown';
    ELSIF found.state <> 'pending' THEN
        RETURN 'client.not-pending';
    ELSIF found.registered_by = p_by THEN
        RETURN 'client.same-person';
    ELSIF found.expires <= clock_timestamp() THEN
        RETURN 'client.expired';
    END IF;
    UPDATE access.client SET state = 'approved', approved_at = clock_timestamp(), approved_by = p_by, changed = access.next_epoch() WHERE id = p_id;
    PERFORM ledger.append(
        found.tenant, ARRAY['client.approved'], ARRAY[p_by], ARRAY[NULL]::bigint[], ARRAY[NULL]::uuid[],
        ARRAY[json_build_object('client', p_id, 'reason', p_reason)::text]);
    RETURN NULL;
END $$;

CREATE FUNCTION access.revoke_client(p_id text, p_by text, p_reason text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found access.client;
BEGIN
    SELECT c.* INTO found FROM access.client c WHERE c.id = p_id FOR UPDATE;
    IF found.id IS NULL THEN
        RETURN 'client.unknown';
    ELSIF found.state = 'revoked' THEN
        RETURN 'client.already-revoked';
    END IF;
    UPDATE access.client SET state = 'revoked', revoked_at = clock_timestamp(), revoked_by = p_by, changed = access.next_epoch() WHERE id = p_id;
    PERFORM ledger.append(
        found.tenant, ARRAY['client.revoked'], ARRAY[p_by], ARRAY[NULL]::bigint[], ARRAY[NULL]::uuid[],
        ARRAY[json_build_object('client', p_id, 'reason', p_reason)::text]);
    RETURN NULL;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA access FROM PUBLIC;
GRANT USAGE ON SCHEMA access TO isthmus_tokens, isthmus_admission, isthmus_api, isthmus_inbound, isthmus_operator;
GRANT SELECT ON access.epoch TO isthmus_tokens, isthmus_admission, isthmus_operator;
GRANT SELECT ON access.client TO isthmus_tokens, isthmus_admission, isthmus_operator;
GRANT EXECUTE ON FUNCTION access.register_client TO isthmus_tokens, isthmus_operator;
GRANT EXECUTE ON FUNCTION access.approve_client, access.revoke_client TO isthmus_operator;

-- The new logins may tell the ledger what they did, and hold leases like every zone.
GRANT USAGE ON SCHEMA ledger TO isthmus_tokens, isthmus_admission, isthmus_api;
GRANT EXECUTE ON FUNCTION ledger.append(smallint, text[], text[], bigint[], uuid[], text[]) TO isthmus_tokens, isthmus_admission, isthmus_api;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA store TO isthmus_tokens, isthmus_admission, isthmus_api;
