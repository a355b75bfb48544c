-- Token buckets that all nodes share. A node leases tokens from a row: as many as it has requests waiting.
-- Not logged: every request would cost a flush, and a server that crashed owes nobody the requests of the last minute.
CREATE UNLOGGED TABLE access.bucket (
    at          timestamptz NOT NULL,               -- when tokens was true
    tokens      double precision NOT NULL,
    per_second  double precision NOT NULL,          -- as last asked for, for people
    burst       integer  NOT NULL,
    granted     integer  NOT NULL,                  -- by the last lease
    refused_at  timestamptz,
    tenant      smallint NOT NULL,
    traffic     text     NOT NULL,
    environment text     NOT NULL,
    client      text     NOT NULL,
    route       text     NOT NULL,
    resource    text     NOT NULL,
    PRIMARY KEY (tenant, environment, client, route, resource, traffic)
) WITH (fillfactor = 50);

-- Gives each ask up to what it wants of what its bucket holds by now. The buckets are taken in the order of their keys, so that two
-- nodes never wait for each other. A limit that was lowered takes effect with the next lease.
CREATE FUNCTION access.lease_tokens(
    p_tenant smallint[], p_environment text[], p_client text[], p_route text[], p_resource text[], p_traffic text[],
    p_per_second double precision[], p_burst integer[], p_wanted integer[])
RETURNS TABLE (ordinal integer, granted integer, remaining double precision)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    ask record;
    now_ timestamptz;
BEGIN
    FOR ask IN
        SELECT * FROM unnest(p_tenant, p_environment, p_client, p_route, p_resource, p_traffic, p_per_second, p_burst, p_wanted)
            WITH ORDINALITY AS a(tenant, environment, client, route, resource, traffic, per_second, burst, wanted, no)
        ORDER BY tenant, environment, client, route, resource, traffic
    LOOP
        IF NOT (ask.per_second > 0 AND ask.burst > 0 AND ask.wanted >= 0) THEN
            RAISE EXCEPTION 'access.limit-unusable: a limit has a rate and a burst above zero' USING errcode = '22023';
        END IF;
        now_ := clock_timestamp();
        INSERT INTO access.bucket AS b (tenant, environment, client, route, resource, traffic, per_second, burst, tokens, at, granted, refused_at)
        VALUES (ask.tenant, ask.environment, ask.client, ask.route, ask.resource, ask.traffic, ask.per_second, ask.burst,
                ask.burst - least(ask.wanted, ask.burst), now_, least(ask.wanted, ask.burst),
                CASE WHEN ask.wanted > ask.burst THEN now_ END)
        ON CONFLICT (tenant, environment, client, route, resource, traffic) DO UPDATE SET
            (tokens, granted, at, per_second, burst, refused_at) = (
                SELECT held - least(ask.wanted, floor(held)), least(ask.wanted, floor(held)), greatest(b.at, clock_timestamp()),
                       ask.per_second, ask.burst, CASE WHEN floor(held) < ask.wanted THEN clock_timestamp() ELSE b.refused_at END
                FROM (SELECT least(ask.burst, b.tokens + ask.per_second * greatest(0, extract(epoch FROM clock_timestamp() - b.at)))) h(held))
        RETURNING ask.no, b.granted, b.tokens INTO ordinal, granted, remaining;
        RETURN NEXT;
    END LOOP;
END $$;

-- Full again, and nobody has drawn on it for a while: the row says nothing that its absence would not.
CREATE FUNCTION access.forget_buckets() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DELETE FROM access.bucket b
    WHERE b.at < clock_timestamp() - interval '1 hour'
      AND b.tokens + b.per_second * extract(epoch FROM clock_timestamp() - b.at) >= b.burst;
$$;

REVOKE ALL ON FUNCTION access.lease_tokens, access.forget_buckets FROM PUBLIC;
GRANT USAGE ON SCHEMA access TO isthmus_admission, isthmus_operator;
GRANT EXECUTE ON FUNCTION access.lease_tokens, access.forget_buckets TO isthmus_admission;
GRANT SELECT ON access.bucket TO isthmus_operator;
