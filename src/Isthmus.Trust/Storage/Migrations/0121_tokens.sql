-- The authorization server's own: its signing keys, the assertions that are used up, the tokens it issued and took back.
-- docs/protocols/oauth.md tells the whole of it.

CREATE SCHEMA tokens;
REVOKE ALL ON SCHEMA tokens FROM PUBLIC;

-- The private half is encrypted under a key that the database never sees. A key signs from `activates` until another one does;
-- `withdrawn` takes it out of the published set at once, and then only tokens that stand in `issued` are still believed.
CREATE TABLE tokens.signing_key (
    id          text        PRIMARY KEY CHECK (length(id) = 43),
    public_key  text        NOT NULL,
    wrapped     bytea       NOT NULL,
    created     timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_by  text        NOT NULL,
    activates   timestamptz NOT NULL,
    withdrawn   timestamptz
);

-- An assertion is used once. The id is a hash of the client and its jti.
CREATE TABLE tokens.used_assertion (
    id     uuid        PRIMARY KEY,
    until  timestamptz NOT NULL
) WITH (fillfactor = 90, autovacuum_vacuum_threshold = 10000, autovacuum_vacuum_scale_factor = 0.1, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX used_assertion_until ON tokens.used_assertion USING brin (until) WITH (pages_per_range = 16, autosummarize = on);

-- What was issued. The id is a hash of the token's jti; the token itself is nowhere.
CREATE TABLE tokens.issued (
    id       uuid        PRIMARY KEY,
    at       timestamptz NOT NULL,
    expires  timestamptz NOT NULL,
    client   text        NOT NULL,
    scope    text        NOT NULL,
    key      text        NOT NULL
) WITH (fillfactor = 100);
CREATE INDEX issued_at ON tokens.issued USING brin (at) WITH (pages_per_range = 16, autosummarize = on);

CREATE TABLE tokens.revoked (
    id       uuid        PRIMARY KEY,
    expires  timestamptz NOT NULL,
    changed  bigint      NOT NULL
);
CREATE INDEX revoked_changed ON tokens.revoked (changed);

-- Uses assertions up and logs the tokens they are given, in one go for many callers. The ids of one call are distinct. Answers
-- which of them were not used before; only for those a token may be handed out.
CREATE FUNCTION tokens.issue(
    p_tenant smallint, p_assertion uuid[], p_until timestamptz[], p_token uuid[], p_at timestamptz[], p_expires timestamptz[],
    p_client text[], p_scope text[], p_key text[], p_detail text[])
RETURNS SETOF uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    fresh uuid[];
BEGIN
    WITH used AS (
        INSERT INTO tokens.used_assertion (id, until) SELECT * FROM unnest(p_assertion, p_until) ON CONFLICT DO NOTHING RETURNING id)
    SELECT array_agg(u.id) INTO fresh FROM used u;
    IF fresh IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO tokens.issued (id, at, expires, client, scope, key)
    SELECT i.token, i.at, i.expires, i.client, i.scope, i.key
    FROM unnest(p_assertion, p_token, p_at, p_expires, p_client, p_scope, p_key) i (assertion, token, at, expires, client, scope, key)
    WHERE i.assertion = ANY (fresh);
    PERFORM ledger.append(p_tenant, e.kind, e.actor, e.message, e.person, e.detail)
    FROM (
        SELECT array_agg('token.issued'::text) AS kind, array_agg(i.client) AS actor, array_agg(NULL::bigint) AS message,
            array_agg(NULL::uuid) AS person, array_agg(i.detail) AS detail
        FROM unnest(p_assertion, p_client, p_detail) i (assertion, client, detail)
        WHERE i.assertion = ANY (fresh)) e;
    RETURN QUERY SELECT unnest(fresh);
END $$;

-- Uses up what is not an assertion for a token: proofs of possession. Answers which were not used before.
CREATE FUNCTION tokens.use_once(p_id uuid[], p_until timestamptz[])
RETURNS SETOF uuid LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO tokens.used_assertion (id, until) SELECT * FROM unnest(p_id, p_until) ON CONFLICT DO NOTHING RETURNING id;
$$;

CREATE FUNCTION tokens.revoke(p_tenant smallint, p_id uuid, p_expires timestamptz, p_client text, p_by text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- A token that is past its time is dead already, and one that was revoked stays so.
    IF p_expires <= clock_timestamp() OR EXISTS (SELECT FROM tokens.revoked r WHERE r.id = p_id) THEN
        RETURN;
    END IF;
    INSERT INTO tokens.revoked (id, expires, changed) VALUES (p_id, p_expires, access.next_epoch()) ON CONFLICT DO NOTHING;
    PERFORM ledger.append(
        p_tenant, ARRAY['token.revoked'], ARRAY[p_by], ARRAY[NULL]::bigint[], ARRAY[NULL]::uuid[],
        ARRAY[json_build_object('client', p_client, 'token', p_id)::text]);
END $$;

-- Adds a signing key. Without a predecessor it is the first one, and only one of the nodes that start together adds it.
CREATE FUNCTION tokens.add_key(
    p_tenant smallint, p_id text, p_public text, p_wrapped bytea, p_activates timestamptz, p_first boolean, p_withdraw boolean, p_by text, p_reason text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('tokens.add_key', 0));
    IF p_first AND EXISTS (SELECT FROM tokens.signing_key k WHERE k.withdrawn IS NULL) THEN
        RETURN false;
    END IF;
    IF p_withdraw THEN
        WITH withdrawn AS (
            UPDATE tokens.signing_key SET withdrawn = clock_timestamp() WHERE withdrawn IS NULL RETURNING id)
        SELECT string_agg(w.id, ' ') INTO gone FROM withdrawn w;
    END IF;
    INSERT INTO tokens.signing_key (id, public_key, wrapped, created_by, activates) VALUES (p_id, p_public, p_wrapped, p_by, p_activates);
    PERFORM access.next_epoch();
    PERFORM ledger.append(
        p_tenant, ARRAY['key.rotated'], ARRAY[p_by], ARRAY[NULL]::bigint[], ARRAY[NULL]::uuid[],
        ARRAY[json_strip_nulls(json_build_object('key', p_id, 'activates', p_activates, 'withdrawn', gone, 'reason', p_reason))::text]);
    RETURN true;
END $$;

-- What is past its time. A key goes when no token of it can be left; the log of issued tokens is kept as long as asked.
CREATE FUNCTION tokens.forget(p_issued_for interval, p_most int)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone bigint;
    more bigint;
BEGIN
    DELETE FROM tokens.used_assertion u WHERE u.id IN (
        SELECT o.id FROM tokens.used_assertion o WHERE o.until < clock_timestamp() LIMIT p_most FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS gone = ROW_COUNT;
    DELETE FROM tokens.issued i WHERE i.id IN (
        SELECT o.id FROM tokens.issued o WHERE o.at < clock_timestamp() - p_issued_for AND o.expires < clock_timestamp() LIMIT p_most FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS more = ROW_COUNT;
    DELETE FROM tokens.revoked r WHERE r.expires < clock_timestamp() - interval '1 hour';
    RETURN gone + more;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA tokens FROM PUBLIC;
GRANT USAGE ON SCHEMA tokens TO isthmus_tokens, isthmus_admission, isthmus_operator;
GRANT EXECUTE ON FUNCTION tokens.issue, tokens.use_once, tokens.revoke, tokens.add_key, tokens.forget TO isthmus_tokens;
GRANT EXECUTE ON FUNCTION tokens.use_once TO isthmus_admission;
GRANT SELECT (id, public_key, created, created_by, activates, withdrawn) ON tokens.signing_key TO isthmus_tokens, isthmus_admission, isthmus_operator;
GRANT SELECT (wrapped) ON tokens.signing_key TO isthmus_tokens;
GRANT SELECT ON tokens.revoked TO isthmus_tokens, isthmus_admission, isthmus_operator;
GRANT SELECT ON tokens.issued TO isthmus_tokens, isthmus_admission, isthmus_operator;
