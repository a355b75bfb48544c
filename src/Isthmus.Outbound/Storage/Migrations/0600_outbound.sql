-- What Outbound remembers beside the deliveries themselves:
--   dead_letter   why a delivery was given up, what it would have written, and what later ones have overtaken
--   in_flight     what each running process holds at this moment, so that a crash is counted against what caused it
--   interruption  how many crashes a delivery was part of
--   breaker       the last change of each destination's circuit breaker, for people
CREATE SCHEMA outbound;
REVOKE ALL ON SCHEMA outbound FROM PUBLIC;
GRANT USAGE ON SCHEMA outbound TO isthmus_outbound, isthmus_operator;

CREATE TABLE outbound.dead_letter (
    delivery_id bigint PRIMARY KEY,
    died        timestamptz NOT NULL DEFAULT clock_timestamp(),
    replayed    timestamptz,
    person      uuid     NOT NULL,
    no          bigint   NOT NULL,
    status      smallint NOT NULL,              -- the HTTP status of the last attempt, 0 if there was none
    destination text     NOT NULL,
    rule        text     NOT NULL,
    resources   text[]   NOT NULL,              -- Type/id of what it would have written
    overtaken   text[]   NOT NULL DEFAULT '{}'  -- those of them that a later delivery has written since
);
CREATE INDEX dead_letter_person ON outbound.dead_letter (destination, person);

-- A lost machine loses it too, and then nobody is to blame.
CREATE UNLOGGED TABLE outbound.in_flight (
    destination text     NOT NULL,
    process     uuid     NOT NULL,
    deliveries  bigint[] NOT NULL,
    PRIMARY KEY (destination, process)
) WITH (fillfactor = 50);

CREATE TABLE outbound.interruption (
    delivery_id bigint   PRIMARY KEY,
    crashes     smallint NOT NULL
);

CREATE TABLE outbound.breaker (
    destination text PRIMARY KEY,
    state       text NOT NULL,
    since       timestamptz NOT NULL DEFAULT clock_timestamp(),
    node        text NOT NULL
);

-- Payloads that a contract keeps for a while after the end; none where it keeps none.
CREATE INDEX delivery_kept ON exchange.delivery (settled) WHERE payload IS NOT NULL AND state IN ('d', 'x');

-- Takes what is due for one destination, in one walk along the queue's index from where the last walk ended.
-- Answers the first persons behind the position that have something to deliver and are not busy, each with the first few of its queue, in
-- order: a chain ends before the first that may not go. A person whose turn has not come is answered by a row without id, so that the
-- position moves on. However long the queue of one person is, no more than 64 rows of it are read before the walk goes on behind that person.
-- What was part of three crashes is handed out only where suspects are asked for.
-- Notes what it hands out as in flight together with what the process holds already.
CREATE FUNCTION outbound.sweep(
    p_destination text, p_partitions smallint[], p_after_partition smallint, p_after_person uuid, p_busy uuid[], p_persons int, p_chain int,
    p_suspects boolean, p_process uuid, p_held bigint[])
RETURNS TABLE (
    partition smallint, person uuid, id bigint, tenant smallint, message_id bigint, no bigint, purpose text, contract text,
    site_version text, attempts smallint, age_seconds double precision, created timestamptz, seal_key int, seal_nonce bigint, payload bytea,
    crashes smallint, behind_dead boolean, overtaken text[])
LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    at      timestamptz := clock_timestamp();
    step    record;
    wanted  int;
    seen    int := 0;
    parts   smallint[] := '{}';
    persons uuid[] := '{}';
    ids     bigint[] := '{}';
BEGIN
    -- 1. As many rows as persons are wanted, again from behind the last person if some had several.
    LOOP
        wanted := least(p_persons - seen, 64);
        SELECT count(*) AS rows, count(*) FILTER (WHERE w.place = 1) AS persons,
               array_agg(w.partition) FILTER (WHERE w.taken) AS parts, array_agg(w.person) FILTER (WHERE w.taken) AS people,
               array_agg(CASE WHEN w.may_go THEN w.id END) FILTER (WHERE w.taken) AS ids,
               (array_agg(w.partition))[count(*)] AS last_partition, (array_agg(w.person))[count(*)] AS last_person
        INTO step
        FROM (SELECT r.*, r.place = 1 OR (r.may_go AND r.place <= p_chain) AS taken
              FROM (SELECT q.partition, q.person, q.id, row_number() OVER same AS place,
                           bool_and(q.state = 'p' AND q.next_attempt <= at AND (p_suspects OR coalesce(c.crashes, 0) < 3)) OVER same AS may_go
                    FROM (SELECT d.partition, d.person, d.no, d.id, d.state, d.next_attempt
                          FROM exchange.delivery d
                          WHERE d.destination = p_destination AND d.partition = ANY (p_partitions)
                            AND (d.partition, d.person) > (p_after_partition, p_after_person) AND d.state IN ('p', 'h')
                            AND d.person NOT IN (SELECT unnest(p_busy))
                          ORDER BY d.partition, d.person, d.no LIMIT wanted) q
                    LEFT JOIN outbound.interruption c ON c.delivery_id = q.id
                    WINDOW same AS (PARTITION BY q.partition, q.person ORDER BY q.no)) r) w;
        EXIT WHEN step.rows = 0;
        parts := parts || step.parts;
        persons := persons || step.people;
        ids := ids || step.ids;
        seen := seen + step.persons;
        p_after_partition := step.last_partition;
        p_after_person := step.last_person;
        EXIT WHEN step.rows < wanted OR seen >= p_persons;
    END LOOP;

    -- 2. The rows themselves.
    RETURN QUERY
    SELECT s.part, s.person, d.id, d.tenant, d.message_id, d.no, d.purpose, d.contract, d.site_version, d.attempts,
           extract(epoch FROM at - coalesce(l.replayed, d.created))::double precision, d.created, d.seal_key, d.seal_nonce, d.payload,
           coalesce(c.crashes, 0::smallint),
           EXISTS (SELECT FROM outbound.dead_letter b WHERE b.destination = p_destination AND b.person = s.person),
           coalesce(l.overtaken, '{}')
    FROM unnest(parts, persons, ids) WITH ORDINALITY AS s(part, person, id, ord)
    LEFT JOIN exchange.delivery d ON d.id = s.id
    LEFT JOIN outbound.dead_letter l ON l.delivery_id = s.id
    LEFT JOIN outbound.interruption c ON c.delivery_id = s.id
    ORDER BY s.ord;

    INSERT INTO outbound.in_flight AS f (destination, process, deliveries) VALUES (p_destination, p_process, p_held || array_remove(ids, NULL))
    ON CONFLICT (destination, process) DO UPDATE SET deliveries = EXCLUDED.deliveries WHERE f.deliveries <> EXCLUDED.deliveries;
END $$;

-- Called when partitions come into this process's hands: what another process held in them when it went is blamed once for
-- its end. What that process still owns elsewhere stays noted.
CREATE FUNCTION outbound.blame(p_destination text, p_partitions smallint[], p_process uuid)
RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
    blamed bigint[];
BEGIN
    SELECT array_agg(DISTINCT d.id) INTO blamed
    FROM outbound.in_flight f CROSS JOIN unnest(f.deliveries) AS h(id)
    JOIN exchange.delivery d ON d.id = h.id AND d.state = 'p' AND d.partition = ANY (p_partitions)
    WHERE f.destination = p_destination AND f.process <> p_process;

    INSERT INTO outbound.interruption AS i (delivery_id, crashes)
    SELECT b, 1 FROM unnest(blamed) b
    ON CONFLICT (delivery_id) DO UPDATE SET crashes = i.crashes + 1;

    UPDATE outbound.in_flight f
    SET deliveries = ARRAY(SELECT h FROM unnest(f.deliveries) h JOIN exchange.delivery d ON d.id = h
                           WHERE d.state = 'p' AND d.partition <> ALL (p_partitions))
    WHERE f.destination = p_destination AND f.process <> p_process;
    DELETE FROM outbound.in_flight f
    WHERE f.destination = p_destination AND f.process <> p_process AND f.deliveries = '{}';
    RETURN coalesce(cardinality(blamed), 0);
END $$;

-- Part of a settling statement: fails it, and the transaction, unless it found everything it was to settle still open. What is
-- not was settled by an earlier commit whose answer was lost, and must not be told to the ledger again.
CREATE FUNCTION outbound.require_open(p_found bigint, p_expected int)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF p_found <> p_expected THEN
        RAISE EXCEPTION 'settled before' USING ERRCODE = 'IS002';
    END IF;
END $$;

-- Puts dead deliveries back into their queues: by id, or by destination and rule; null does not restrict. Answers which.
CREATE FUNCTION outbound.replay(p_ids bigint[], p_destination text, p_rule text, p_dry_run boolean, p_actor text)
RETURNS TABLE (id bigint, message_id bigint, destination text, rule text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    chosen bigint[];
BEGIN
    SELECT array_agg(d.id ORDER BY d.id) INTO chosen
    FROM exchange.delivery d
    WHERE d.state = 'k' AND d.payload IS NOT NULL
      AND (p_ids IS NULL OR d.id = ANY (p_ids))
      AND (p_destination IS NULL OR d.destination = p_destination)
      AND (p_rule IS NULL OR d.rule = p_rule);

    RETURN QUERY SELECT d.id, d.message_id, d.destination, d.rule FROM exchange.delivery d WHERE d.id = ANY (chosen) ORDER BY d.id;
    IF p_dry_run OR chosen IS NULL THEN
        RETURN;
    END IF;

    UPDATE outbound.dead_letter l SET replayed = clock_timestamp() WHERE l.delivery_id = ANY (chosen);
    DELETE FROM outbound.interruption i WHERE i.delivery_id = ANY (chosen);
    UPDATE exchange.delivery d SET state = 'p', attempts = 0, next_attempt = '-infinity', settled = NULL
    WHERE d.id = ANY (chosen) AND d.state = 'k';
    PERFORM ledger.append(
        d.tenant, array_agg('delivery.replayed'::text), array_agg(p_actor), array_agg(d.message_id), array_agg(d.person),
        array_agg(format('{"destination":%s}', to_json(d.destination))))
    FROM exchange.delivery d WHERE d.id = ANY (chosen) GROUP BY d.tenant;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA outbound FROM PUBLIC;
GRANT EXECUTE ON FUNCTION outbound.sweep, outbound.blame, outbound.require_open TO isthmus_outbound;
GRANT EXECUTE ON FUNCTION outbound.replay TO isthmus_operator;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA outbound TO isthmus_outbound;
GRANT SELECT ON outbound.dead_letter, outbound.breaker, outbound.interruption TO isthmus_operator;
