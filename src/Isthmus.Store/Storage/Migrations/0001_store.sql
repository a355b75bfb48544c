-- Leases on hash partitions, and the nodes that hold them.
CREATE SCHEMA store;
GRANT USAGE ON SCHEMA store TO PUBLIC;

CREATE TABLE store.node (
    node     text PRIMARY KEY,
    roles    text NOT NULL,
    version  text NOT NULL,
    started  timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen     timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- One row per zone and partition. The token grows with every change of holder; an effect commits only under it.
CREATE TABLE store.lease (
    zone       text     NOT NULL,
    partition  smallint NOT NULL,
    holder     text,
    token      bigint   NOT NULL DEFAULT 0,
    expires    timestamptz NOT NULL DEFAULT '-infinity',
    PRIMARY KEY (zone, partition)
) WITH (fillfactor = 50);

-- Who asks for partitions of a zone, whether it got any or not: shares are reckoned among these.
CREATE TABLE store.contender (
    zone    text NOT NULL,
    holder  text NOT NULL,
    until   timestamptz NOT NULL,
    PRIMARY KEY (zone, holder)
) WITH (fillfactor = 50);

-- Takes free and expired partitions up to a fair share, renews those held, and gives back any above the share.
CREATE FUNCTION store.take_leases(p_zone text, p_holder text, p_partitions int, p_seconds int)
RETURNS TABLE (partition smallint, token bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = store, pg_temp AS $$
DECLARE
    contenders int;
    share      int;
BEGIN
    INSERT INTO store.lease (zone, partition)
    SELECT p_zone, g::smallint FROM generate_series(0, p_partitions - 1) g
    ON CONFLICT DO NOTHING;

    INSERT INTO store.contender AS c (zone, holder, until)
    VALUES (p_zone, p_holder, clock_timestamp() + make_interval(secs => p_seconds))
    ON CONFLICT (zone, holder) DO UPDATE SET until = EXCLUDED.until;
    DELETE FROM store.contender c WHERE c.zone = p_zone AND c.holder IN (
        SELECT g.holder FROM store.contender g WHERE g.zone = p_zone AND g.until <= clock_timestamp() FOR UPDATE SKIP LOCKED);
    SELECT count(*) INTO contenders FROM store.contender c WHERE c.zone = p_zone AND c.until > clock_timestamp();
    share := ceil(p_partitions::numeric / contenders);

    -- Renewing changes no key and so does not wait for effects under way (see fence); a change of hands passes them by.
    UPDATE store.lease l SET expires = clock_timestamp() + make_interval(secs => p_seconds)
    WHERE l.zone = p_zone AND l.holder = p_holder AND l.expires > clock_timestamp();

    UPDATE store.lease l SET expires = '-infinity', holder = NULL, token = l.token + 1
    WHERE l.zone = p_zone AND l.partition IN (
        SELECT h.partition FROM store.lease h
        WHERE h.zone = p_zone AND h.holder = p_holder AND h.expires > clock_timestamp()
        ORDER BY h.partition OFFSET share FOR UPDATE SKIP LOCKED);

    UPDATE store.lease l
    SET holder = p_holder, token = l.token + 1, expires = clock_timestamp() + make_interval(secs => p_seconds)
    WHERE l.zone = p_zone AND l.partition IN (
        SELECT f.partition FROM store.lease f
        WHERE f.zone = p_zone AND f.expires <= clock_timestamp()
        ORDER BY f.partition
        LIMIT greatest(0, share - (SELECT count(*) FROM store.lease m
                                   WHERE m.zone = p_zone AND m.holder = p_holder AND m.expires > clock_timestamp()))
        FOR UPDATE SKIP LOCKED);

    RETURN QUERY SELECT l.partition, l.token FROM store.lease l
    WHERE l.zone = p_zone AND l.holder = p_holder AND l.expires > clock_timestamp() ORDER BY l.partition;
END $$;

-- Called inside every effect's transaction: fails unless every lease named is still held under its token (naming none
-- is holding none), and keeps them from changing hands until the transaction ends.
CREATE FUNCTION store.fence(p_zone text, p_partitions smallint[], p_tokens bigint[])
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = store, pg_temp AS $$
DECLARE
    valid int;
BEGIN
    SELECT count(*) INTO valid FROM (
        SELECT FROM store.lease l
        JOIN unnest(p_partitions, p_tokens) AS held(partition, token)
          ON l.zone = p_zone AND l.partition = held.partition AND l.token = held.token
        WHERE l.expires > clock_timestamp()
        ORDER BY l.partition FOR KEY SHARE OF l) AS locked;
    IF valid = 0 OR valid <> cardinality(p_partitions) THEN
        RAISE EXCEPTION 'lease lost' USING ERRCODE = 'IS001';
    END IF;
END $$;

CREATE FUNCTION store.return_leases(p_zone text, p_holder text)
RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = store, pg_temp AS $$
    DELETE FROM store.contender WHERE zone = p_zone AND holder = p_holder;
    SELECT FROM store.lease WHERE zone = p_zone AND holder = p_holder ORDER BY partition FOR UPDATE;
    UPDATE store.lease SET holder = NULL, token = token + 1, expires = '-infinity'
    WHERE zone = p_zone AND holder = p_holder;
$$;

CREATE FUNCTION store.beat(p_node text, p_roles text, p_version text)
RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = store, pg_temp AS $$
    INSERT INTO store.node AS n (node, roles, version) VALUES (p_node, p_roles, p_version)
    ON CONFLICT (node) DO UPDATE SET seen = clock_timestamp(), roles = p_roles, version = p_version;
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA store FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA store
    TO isthmus_inbound, isthmus_mediation, isthmus_outbound, isthmus_workflow, isthmus_ledger;
GRANT SELECT ON ALL TABLES IN SCHEMA store TO isthmus_operator;
