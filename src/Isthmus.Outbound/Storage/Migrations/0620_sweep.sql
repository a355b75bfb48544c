-- Takes what is due for one destination, in one walk along the queue's index from where the last walk ended. Replaces outbound.take, which
-- probed the index anew for each person, those passed over too; take stays until no node of that version is left.
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

REVOKE ALL ON FUNCTION outbound.sweep FROM PUBLIC;
GRANT EXECUTE ON FUNCTION outbound.sweep TO isthmus_outbound;
