-- Requests that must have one effect: the key under which they came, a hash of what they were, and the answer they got.
CREATE TABLE access.idempotency (
    began   timestamptz NOT NULL,
    until   timestamptz NOT NULL,               -- the attempt's lease; past it, whoever worked on it is gone
    expires timestamptz NOT NULL,
    attempt integer     NOT NULL,
    tenant  smallint    NOT NULL,
    status  smallint,                           -- null while it is being worked on
    client  text        NOT NULL,
    key     bytea       NOT NULL CHECK (length(key) = 32),
    content bytea       NOT NULL CHECK (length(content) = 32),
    answer  bytea,                              -- encrypted, for it may hold patient data
    PRIMARY KEY (tenant, client, key),
    CHECK ((status IS NULL) = (answer IS NULL))
) WITH (fillfactor = 70);

CREATE INDEX idempotency_expires ON access.idempotency (expires);

-- Begins each request, or says why not. In the order of the keys, so that two nodes never wait for each other; of twins in one call the
-- first begins. A request whose worker is gone is begun anew under the next attempt.
CREATE FUNCTION access.idempotency_start(p_tenant smallint[], p_client text[], p_key bytea[], p_content bytea[], p_window interval[])
RETURNS TABLE (ordinal integer, verdict text, attempt integer, answer bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    ask   record;
    kept  access.idempotency;
    now_  timestamptz;
    lease interval := '30 seconds';
BEGIN
    FOR ask IN
        SELECT * FROM unnest(p_tenant, p_client, p_key, p_content, p_window) WITH ORDINALITY AS a(tenant, client, key, content, span, no)
        ORDER BY tenant, client, key, no
    LOOP
        ordinal := ask.no;
        now_ := clock_timestamp();
        INSERT INTO access.idempotency AS i (tenant, client, key, content, began, until, expires, attempt)
        VALUES (ask.tenant, ask.client, ask.key, ask.content, now_, now_ + lease, now_ + ask.span, 1)
        ON CONFLICT DO NOTHING;
        IF FOUND THEN
            verdict := 'new'; attempt := 1; answer := NULL;
            RETURN NEXT;
            CONTINUE;
        END IF;

        SELECT * INTO kept FROM access.idempotency i
        WHERE i.tenant = ask.tenant AND i.client = ask.client AND i.key = ask.key FOR UPDATE;
        now_ := clock_timestamp();
        attempt := kept.attempt;
        answer := NULL;
        IF kept.expires IS NULL THEN
            verdict := 'in-flight'; attempt := 0;   -- forgotten between the two statements: ask again
        ELSIF kept.expires < now_ THEN
            UPDATE access.idempotency i
            SET content = ask.content, began = now_, until = now_ + lease, expires = now_ + ask.span, attempt = 1, status = NULL, answer = NULL
            WHERE i.tenant = ask.tenant AND i.client = ask.client AND i.key = ask.key;
            verdict := 'new'; attempt := 1;
        ELSIF kept.content <> ask.content THEN
            verdict := 'clash';
        ELSIF kept.status IS NOT NULL THEN
            verdict := 'repeat'; answer := kept.answer;
        ELSIF kept.until < now_ THEN
            UPDATE access.idempotency i SET attempt = i.attempt + 1, until = now_ + lease
            WHERE i.tenant = ask.tenant AND i.client = ask.client AND i.key = ask.key
            RETURNING i.attempt INTO attempt;
            verdict := 'new';
        ELSE
            verdict := 'in-flight';
        END IF;
        RETURN NEXT;
    END LOOP;
END $$;

-- Keeps each answer, or forgets a request that had none. What a later attempt has taken over is left to it.
CREATE FUNCTION access.idempotency_end(
    p_tenant smallint[], p_client text[], p_key bytea[], p_attempt integer[], p_status smallint[], p_answer bytea[])
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ending record;
BEGIN
    FOR ending IN
        SELECT * FROM unnest(p_tenant, p_client, p_key, p_attempt, p_status, p_answer) AS a(tenant, client, key, attempt, status, answer)
        ORDER BY tenant, client, key
    LOOP
        IF ending.answer IS NULL THEN
            DELETE FROM access.idempotency i
            WHERE i.tenant = ending.tenant AND i.client = ending.client AND i.key = ending.key AND i.attempt = ending.attempt AND i.status IS NULL;
        ELSE
            UPDATE access.idempotency i SET status = ending.status, answer = ending.answer
            WHERE i.tenant = ending.tenant AND i.client = ending.client AND i.key = ending.key AND i.attempt = ending.attempt AND i.status IS NULL;
        END IF;
    END LOOP;
END $$;

-- Answers how many it forgot, at most a thousand.
CREATE FUNCTION access.idempotency_forget() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    forgotten integer;
BEGIN
    DELETE FROM access.idempotency i
    WHERE (i.tenant, i.client, i.key) IN (
        SELECT e.tenant, e.client, e.key FROM access.idempotency e
        WHERE e.expires < clock_timestamp() ORDER BY e.expires LIMIT 1000 FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END $$;

REVOKE ALL ON FUNCTION access.idempotency_start, access.idempotency_end, access.idempotency_forget FROM PUBLIC;
GRANT USAGE ON SCHEMA access TO isthmus_admission;
GRANT EXECUTE ON FUNCTION access.idempotency_start, access.idempotency_end, access.idempotency_forget TO isthmus_admission;
