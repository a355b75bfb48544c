-- What zones hand over to one another. The producer may only insert, the consumer select and settle.
CREATE SCHEMA exchange;
GRANT USAGE ON SCHEMA exchange TO isthmus_inbound, isthmus_mediation, isthmus_outbound, isthmus_workflow, isthmus_operator;

-- The sender's half of a sealed hand-over: an ephemeral public key per sender and session. Only the zone it is
-- sealed to can derive the content key (ECDH), the sender itself no longer once it has moved to the next session.
CREATE TABLE exchange.seal_session (
    id       int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    zone     text  NOT NULL,
    key_id   text  NOT NULL,
    public   bytea NOT NULL,
    created  timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE FUNCTION exchange.open_seal_session(p_zone text, p_key_id text, p_public bytea)
RETURNS int
LANGUAGE sql SECURITY DEFINER SET search_path = exchange, pg_temp AS $$
    INSERT INTO exchange.seal_session (zone, key_id, public) VALUES (p_zone, p_key_id, p_public) RETURNING id;
$$;

-- The journal: every message as received, sealed to Mediation. Append-only, partitioned by day.
CREATE SEQUENCE exchange.message_id CACHE 1;

CREATE TABLE exchange.journal (
    id          bigint      NOT NULL,
    received    timestamptz NOT NULL,
    tenant      smallint    NOT NULL,
    seal_key    int         NOT NULL,
    seal_nonce  bigint      NOT NULL,
    size        int         NOT NULL,
    source      text        NOT NULL,
    control_id  text        NOT NULL,
    content     uuid        NOT NULL,
    order_key   bigint      NOT NULL,
    reused      boolean     NOT NULL,
    body        bytea       NOT NULL,
    PRIMARY KEY (id, received)
) PARTITION BY RANGE (received);

-- Repeats: same source, same MSH-10, same content without transport fields.
CREATE TABLE exchange.seen (
    control     bigint      NOT NULL,
    content     uuid        NOT NULL,
    message_id  bigint      NOT NULL,
    received    timestamptz NOT NULL,
    PRIMARY KEY (control, content)
);

-- What is journalled and waits for Mediation, in order of arrival inside its partition.
CREATE TABLE exchange.inbox (
    id         bigint      NOT NULL,
    received   timestamptz NOT NULL,
    order_key  bigint      NOT NULL,
    partition  smallint    NOT NULL,
    attempts   smallint    NOT NULL DEFAULT 0,
    replayed   boolean     NOT NULL DEFAULT false,  -- a person put it back: what was delivered stays delivered
    site_version text,                            -- pinned when first leased
    PRIMARY KEY (partition, id)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);

-- Partitions a week ahead; an hour's grace backwards for clocks.
CREATE FUNCTION exchange.make_journal_partitions(p_days int)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = exchange, pg_temp AS $$
DECLARE
    day date := (now() AT TIME ZONE 'UTC')::date - 1;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('exchange.journal'));
    FOR i IN 0..p_days LOOP
        IF to_regclass(format('exchange.journal_%s', to_char(day + i, 'YYYYMMDD'))) IS NULL THEN
            EXECUTE format(
                'CREATE TABLE exchange.journal_%s PARTITION OF exchange.journal FOR VALUES FROM (%L) TO (%L)',
                to_char(day + i, 'YYYYMMDD'), (day + i)::text || ' 00:00:00+00', (day + i + 1)::text || ' 00:00:00+00');
            EXECUTE format('ALTER TABLE exchange.journal_%s ALTER COLUMN body SET STORAGE EXTERNAL', to_char(day + i, 'YYYYMMDD'));
        END IF;
    END LOOP;
END $$;

SELECT exchange.make_journal_partitions(8);

-- Drops journal days older than the retention (a day at the least, whatever the caller says), but only those in which
-- everything is settled.
CREATE FUNCTION exchange.drop_settled_journal(p_keep interval)
RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = exchange, pg_temp AS $$
DECLARE
    part    record;
    upper   timestamptz;
    dropped int := 0;
BEGIN
    FOR part IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                WHERE i.inhparent = 'exchange.journal'::regclass LOOP
        upper := (to_date(right(part.relname, 8), 'YYYYMMDD') + 1)::timestamp AT TIME ZONE 'UTC';
        IF upper < now() - greatest(p_keep, interval '1 day') AND NOT EXISTS (SELECT 1 FROM exchange.inbox WHERE received < upper) THEN
            EXECUTE format('DROP TABLE exchange.%I', part.relname);
            dropped := dropped + 1;
        END IF;
    END LOOP;
    RETURN dropped;
END $$;

-- Journal, dedupe and inbox in one go. Verdicts: n new, u new under a control id seen before with other content,
-- x refused because the control id was (nothing is kept), r repeat (message_id is that of the first, or null while the
-- first is being committed by another: call again). The caller sends no control id twice in one call.
CREATE FUNCTION exchange.append(
    p_tenant smallint, p_window interval, p_refuse_reused boolean,
    p_source text[], p_control_id text[], p_control bigint[], p_content uuid[],
    p_order_key bigint[], p_partition smallint[], p_seal_key int[], p_seal_nonce bigint[], p_size int[], p_body bytea[])
RETURNS TABLE (ordinal int, message_id bigint, verdict "char")
LANGUAGE plpgsql SECURITY DEFINER SET search_path = exchange, pg_temp AS $$
DECLARE
    at timestamptz := clock_timestamp();
BEGIN
    RETURN QUERY
    WITH given AS MATERIALIZED (
        SELECT g.*, nextval('exchange.message_id') AS new_id,
               EXISTS (SELECT 1 FROM exchange.seen s
                       WHERE s.control = g.control AND s.content <> g.content AND s.received > at - p_window) AS reused
        FROM unnest(p_source, p_control_id, p_control, p_content, p_order_key, p_partition, p_seal_key, p_seal_nonce, p_size, p_body)
             WITH ORDINALITY AS g(source, control_id, control, content, order_key, part, seal_key, nonce, size, body, ord)),
    -- In the order of the key, so that two nodes with the same repeats wait for one another and never in a circle.
    fresh AS (
        INSERT INTO exchange.seen AS s (control, content, message_id, received)
        SELECT g.control, g.content, g.new_id, at FROM given g
        WHERE NOT (p_refuse_reused AND g.reused) ORDER BY g.control, g.content
        ON CONFLICT (control, content) DO UPDATE SET message_id = EXCLUDED.message_id, received = EXCLUDED.received
        WHERE s.received <= at - p_window
        RETURNING s.message_id),
    journalled AS (
        INSERT INTO exchange.journal (id, received, tenant, seal_key, seal_nonce, size, source, control_id, content, order_key, reused, body)
        SELECT g.new_id, at, p_tenant, g.seal_key, g.nonce, g.size, g.source, g.control_id, g.content, g.order_key, g.reused, g.body
        FROM given g WHERE g.new_id IN (SELECT f.message_id FROM fresh f)),
    queued AS (
        INSERT INTO exchange.inbox (id, received, order_key, partition)
        SELECT g.new_id, at, g.order_key, g.part
        FROM given g WHERE g.new_id IN (SELECT f.message_id FROM fresh f)),
    answered AS (
        SELECT g.ord, p_refuse_reused AND g.reused AS refused, g.reused, f.message_id AS first_id,
               CASE WHEN f.message_id IS NULL THEN
                   (SELECT s.message_id FROM exchange.seen s WHERE s.control = g.control AND s.content = g.content) END AS earlier_id
        FROM given g LEFT JOIN fresh f ON f.message_id = g.new_id)
    SELECT a.ord::int, coalesce(a.first_id, a.earlier_id),
           (CASE WHEN a.first_id IS NOT NULL THEN CASE WHEN a.reused THEN 'u' ELSE 'n' END
                 WHEN a.earlier_id IS NULL AND a.refused THEN 'x'
                 ELSE 'r' END)::"char"
    FROM answered a ORDER BY a.ord;
END $$;

-- Forgets answers older than the longest window; a day at the least, whatever the caller says.
CREATE FUNCTION exchange.forget_seen(p_window interval)
RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = exchange, pg_temp AS $$
    DELETE FROM exchange.seen WHERE received <= clock_timestamp() - greatest(p_window, interval '1 day');
$$;

-- The age of the oldest message that waits, for the watermark: seconds, 0 when nothing waits.
CREATE FUNCTION exchange.inbox_age()
RETURNS double precision
LANGUAGE sql SECURITY DEFINER SET search_path = exchange, pg_temp AS $$
    SELECT coalesce(extract(epoch FROM clock_timestamp() - min(first.received)), 0)::double precision
    FROM generate_series(0, 15) AS part,
         LATERAL (SELECT i.received FROM exchange.inbox i WHERE i.partition = part::smallint ORDER BY i.id LIMIT 1) AS first;
$$;

-- Deliveries: numbered per person and destination at commit. The payload is sealed to Outbound and dropped once final.
CREATE TABLE exchange.delivery (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id     bigint      NOT NULL,
    no             bigint      NOT NULL,
    person         uuid        NOT NULL,
    created        timestamptz NOT NULL DEFAULT now(),
    settled        timestamptz,
    next_attempt   timestamptz NOT NULL DEFAULT '-infinity',
    seal_key       int,
    tenant         smallint    NOT NULL,
    partition      smallint    NOT NULL,
    attempts       smallint    NOT NULL DEFAULT 0,
    state          "char"      NOT NULL,          -- p pending, d delivered, x denied, k dead, h held, s superseded by a replay
    destination    text        NOT NULL,
    purpose        text        NOT NULL,
    contract       text        NOT NULL,          -- name@version
    site_version   text        NOT NULL,
    effect         "char"      NOT NULL,          -- of the last decision: p permit, d deny
    reason         text        NOT NULL,
    policy_version text        NOT NULL,
    rule           text,                          -- of the last failure
    seal_nonce     bigint,
    payload        bytea
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE exchange.delivery ALTER COLUMN payload SET STORAGE EXTERNAL;

-- The queue per destination and partition, in order per person; only what is unfinished is in it.
CREATE INDEX delivery_queue ON exchange.delivery (destination, partition, person, no) WHERE state IN ('p', 'h');
CREATE INDEX delivery_message ON exchange.delivery (message_id);
CREATE INDEX delivery_dead ON exchange.delivery (destination, id) WHERE state = 'k';

-- What happened and may mean work; settled by deletion.
CREATE TABLE exchange.signal (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    tenant      smallint    NOT NULL,
    partition   smallint    NOT NULL,
    message_id  bigint      NOT NULL,
    person      uuid,
    created     timestamptz NOT NULL DEFAULT now(),
    kind        text        NOT NULL,
    key         text        NOT NULL,
    location    text        NOT NULL,
    subject     text        NOT NULL,
    detail      text        NOT NULL,
    PRIMARY KEY (partition, id)
) WITH (fillfactor = 70);

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA exchange FROM PUBLIC;
GRANT EXECUTE ON FUNCTION exchange.append, exchange.open_seal_session, exchange.inbox_age, exchange.make_journal_partitions,
    exchange.drop_settled_journal, exchange.forget_seen TO isthmus_inbound;
GRANT EXECUTE ON FUNCTION exchange.open_seal_session TO isthmus_mediation, isthmus_operator;
GRANT SELECT ON exchange.seal_session TO isthmus_mediation, isthmus_outbound;
GRANT SELECT ON exchange.journal TO isthmus_mediation;
GRANT SELECT, UPDATE (attempts, site_version), DELETE ON exchange.inbox TO isthmus_mediation;
GRANT INSERT ON exchange.inbox TO isthmus_mediation;
GRANT INSERT, SELECT (id, message_id, destination, state) ON exchange.delivery TO isthmus_mediation;
GRANT SELECT, UPDATE ON exchange.delivery TO isthmus_outbound;
GRANT INSERT ON exchange.signal TO isthmus_mediation, isthmus_outbound;
GRANT SELECT, DELETE ON exchange.signal TO isthmus_workflow;
-- Operators see states and times, never bodies or payloads.
GRANT SELECT (id, received, tenant, size, source, control_id, content, reused) ON exchange.journal TO isthmus_operator;
GRANT SELECT ON exchange.inbox, exchange.seal_session, exchange.signal, exchange.seen TO isthmus_operator;
GRANT SELECT (id, message_id, no, person, created, settled, next_attempt, tenant, partition, attempts, state, destination,
    purpose, contract, site_version, effect, reason, policy_version, rule) ON exchange.delivery TO isthmus_operator;
