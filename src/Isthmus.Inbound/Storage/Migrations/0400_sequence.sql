-- The sequence number protocol (HL7 v2.5.1 §2.10.1): per link the number of the message accepted last. It moves in the transaction
-- that journals that message, so that neither a crash nor a second node ever disagrees with what was acknowledged.
CREATE SCHEMA inbound;
REVOKE ALL ON SCHEMA inbound FROM PUBLIC;
GRANT USAGE ON SCHEMA inbound TO isthmus_inbound, isthmus_operator;

CREATE TABLE inbound.sequence (
    tenant  smallint NOT NULL,
    link    text     NOT NULL,      -- source, sending application, sending facility
    last    bigint,                 -- null: the next message that is accepted says where the numbers begin
    since   timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (tenant, link)
) WITH (fillfactor = 50);
GRANT SELECT ON inbound.sequence TO isthmus_operator;

-- exchange.append for the messages of one link, in their order, under the link's lock. Verdicts besides those of append: g the number
-- leaves a gap, b it lies behind; nothing is kept then. expected is MSA-4: the number itself once accepted, else the one that is due.
CREATE FUNCTION inbound.append_in_sequence(
    p_tenant smallint, p_window interval, p_refuse_reused boolean, p_link text, p_number bigint[],
    p_source text[], p_control_id text[], p_control bigint[], p_content uuid[],
    p_order_key bigint[], p_partition smallint[], p_seal_key int[], p_seal_nonce bigint[], p_size int[], p_body bytea[])
RETURNS TABLE (ordinal int, message_id bigint, verdict "char", expected bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    reached  bigint;
    accepted boolean;
    first_id bigint;
    said     "char";
BEGIN
    INSERT INTO inbound.sequence (tenant, link) VALUES (p_tenant, p_link) ON CONFLICT DO NOTHING;
    SELECT s.last INTO reached FROM inbound.sequence s WHERE s.tenant = p_tenant AND s.link = p_link FOR UPDATE;

    FOR i IN 1..cardinality(p_number) LOOP
        accepted := reached IS NULL OR p_number[i] = reached + 1;
        said := NULL;

        -- A repeat gets its first answer whatever its number; one that was given a new number takes its place in the order.
        SELECT s.message_id INTO first_id FROM exchange.seen s
        WHERE s.control = p_control[i] AND s.content = p_content[i] AND s.received > clock_timestamp() - p_window;
        IF FOUND THEN
            said := 'r';
            accepted := accepted AND reached IS NOT NULL;
        ELSIF accepted THEN
            SELECT a.message_id, a.verdict INTO first_id, said
            FROM exchange.append(
                p_tenant, p_window, p_refuse_reused, p_source[i:i], p_control_id[i:i], p_control[i:i], p_content[i:i],
                p_order_key[i:i], p_partition[i:i], p_seal_key[i:i], p_seal_nonce[i:i], p_size[i:i], p_body[i:i]) a;
            accepted := said IN ('n', 'u');
        ELSE
            first_id := NULL;
            said := CASE WHEN p_number[i] > reached + 1 THEN 'g' ELSE 'b' END;
        END IF;

        IF accepted THEN
            reached := p_number[i];
        END IF;

        RETURN QUERY SELECT i, first_id, said, CASE WHEN accepted THEN reached ELSE coalesce(reached + 1, -1) END;
    END LOOP;

    UPDATE inbound.sequence s SET last = reached, since = clock_timestamp()
    WHERE s.tenant = p_tenant AND s.link = p_link AND s.last IS DISTINCT FROM reached;
END $$;

-- A link is started: the number that is due, or -1 where none was accepted yet. Resynchronised, it forgets what it had reached.
CREATE FUNCTION inbound.start_sequence(p_tenant smallint, p_link text, p_resynchronise boolean)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    reached bigint;
BEGIN
    INSERT INTO inbound.sequence AS s (tenant, link) VALUES (p_tenant, p_link)
    ON CONFLICT (tenant, link) DO UPDATE SET last = CASE WHEN p_resynchronise THEN NULL ELSE s.last END, since = clock_timestamp()
    RETURNING s.last INTO reached;
    RETURN coalesce(reached + 1, -1);
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA inbound FROM PUBLIC;
GRANT EXECUTE ON FUNCTION inbound.append_in_sequence, inbound.start_sequence TO isthmus_inbound;
