-- What clients and strangers did at the door, by the minute, and the alerts on what was unusual.
--
--   conduct  counts of all nodes; no row says what was sent, only how often, and by 256 bits with how many different values
--   alert    one for each subject and cause while it is open; opening it is a ledger event and a signal to Workflow

CREATE TABLE access.conduct (
    minute   timestamptz NOT NULL,
    tenant   smallint    NOT NULL,
    times    integer     NOT NULL,
    kind     text        NOT NULL CHECK (kind IN ('client', 'address')),
    subject  text        NOT NULL CHECK (length(subject) BETWEEN 1 AND 128),
    cause    text        NOT NULL CHECK (length(cause) BETWEEN 1 AND 32),
    spread   bit(256),
    PRIMARY KEY (tenant, kind, subject, cause, minute)
) WITH (fillfactor = 70);
CREATE INDEX conduct_minute ON access.conduct USING brin (minute) WITH (pages_per_range = 16, autosummarize = on);

CREATE TABLE access.alert (
    id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    opened   timestamptz NOT NULL DEFAULT clock_timestamp(),
    last     timestamptz NOT NULL DEFAULT clock_timestamp(),
    closed   timestamptz,
    tenant   smallint    NOT NULL,
    times    integer     NOT NULL,
    kind     text        NOT NULL,
    subject  text        NOT NULL,
    cause    text        NOT NULL
);
CREATE UNIQUE INDEX alert_open ON access.alert (tenant, kind, subject, cause) WHERE closed IS NULL;

-- Opens an alert, unless one is open; answers whether it did. Addresses beyond twenty share one, so that a flood from
-- everywhere is one task and not thousands.
CREATE FUNCTION access.open_alert(p_tenant smallint, p_kind text, p_subject text, p_cause text, p_times integer)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    about text := p_subject;
    opened bigint;
BEGIN
    UPDATE access.alert a SET last = clock_timestamp(), times = greatest(a.times, p_times)
    WHERE a.tenant = p_tenant AND a.kind = p_kind AND a.subject = p_subject AND a.cause = p_cause AND a.closed IS NULL;
    IF FOUND THEN
        RETURN NULL;
    END IF;
    IF p_kind = 'address' AND (SELECT count(*) FROM access.alert a WHERE a.tenant = p_tenant AND a.kind = 'address' AND a.closed IS NULL) >= 20 THEN
        about := '*';
    END IF;
    INSERT INTO access.alert AS a (tenant, kind, subject, cause, times) VALUES (p_tenant, p_kind, about, p_cause, p_times)
    ON CONFLICT (tenant, kind, subject, cause) WHERE closed IS NULL DO UPDATE SET last = clock_timestamp(), times = greatest(a.times, excluded.times)
    RETURNING CASE WHEN a.xmax = 0 THEN a.id END INTO opened;
    IF opened IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO exchange.signal (tenant, partition, message_id, kind, key, location, subject, detail)
    VALUES (p_tenant, 0, 0, 'conduct-unusual', 'conduct/' || opened, '', p_kind || ' ' || about,
        json_build_object('rule', 'access.conduct-' || p_cause, 'cause', p_cause, 'times', p_times, 'alert', opened)::text);
    PERFORM ledger.append(
        p_tenant, ARRAY['access.alerted'], ARRAY['door'], ARRAY[NULL]::bigint[], ARRAY[NULL]::uuid[],
        ARRAY[json_build_object('kind', p_kind, 'subject', about, 'cause', p_cause, 'times', p_times, 'alert', opened)::text]);
    RETURN about;
END $$;

-- Adds what one node counted, and weighs it with what all did within the window. In the order of the keys, so that two nodes
-- never wait for each other. Answers the alerts that were opened.
CREATE FUNCTION access.count_conduct(
    p_tenant smallint, p_window interval, p_failures integer, p_repeats integer, p_spread integer,
    p_kind text[], p_subject text[], p_cause text[], p_times integer[], p_bits text[])
RETURNS TABLE (kind text, subject text, cause text, times integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    one   record;
    total bigint;
    bits  integer;
    most  integer;
    about text;
BEGIN
    FOR one IN
        SELECT * FROM unnest(p_kind, p_subject, p_cause, p_times, p_bits) AS c (kind, subject, cause, times, bits) ORDER BY 1, 2, 3
    LOOP
        INSERT INTO access.conduct AS c (minute, tenant, kind, subject, cause, times, spread)
        VALUES (date_trunc('minute', clock_timestamp()), p_tenant, one.kind, one.subject, one.cause, one.times, one.bits::bit(256))
        ON CONFLICT (tenant, kind, subject, cause, minute) DO UPDATE SET
            times = c.times + excluded.times,
            spread = CASE WHEN excluded.spread IS NULL THEN c.spread ELSE coalesce(c.spread, 0::bit(256)) | excluded.spread END;
        CONTINUE WHEN one.cause = 'issued';

        SELECT sum(c.times), bit_count(bit_or(c.spread)) INTO total, bits FROM access.conduct c
        WHERE c.tenant = p_tenant AND c.kind = one.kind AND c.subject = one.subject AND c.cause = one.cause
          AND c.minute > clock_timestamp() - p_window;
        IF one.cause = 'spread' THEN
            -- So many different values leave so many of the bits unset.
            total := CASE WHEN bits IS NULL THEN 0 WHEN bits = 256 THEN 1000 ELSE round(-256 * ln(1 - bits / 256.0)) END;
            most := p_spread;
        ELSE
            most := CASE WHEN one.cause IN ('quota', 'early') THEN p_repeats ELSE p_failures END;
        END IF;
        IF total >= most THEN
            about := access.open_alert(p_tenant, one.kind, one.subject, one.cause, total::integer);
            IF about IS NOT NULL THEN
                kind := one.kind; subject := about; cause := one.cause; times := total;
                RETURN NEXT;
            END IF;
        END IF;
    END LOOP;
END $$;

-- Closes what has been quiet, and forgets counts after a day and closed alerts after a quarter.
CREATE FUNCTION access.forget_conduct(p_quiet interval) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE access.alert SET closed = clock_timestamp() WHERE closed IS NULL AND last < clock_timestamp() - p_quiet;
    DELETE FROM access.conduct WHERE minute < clock_timestamp() - interval '1 day';
    DELETE FROM access.alert WHERE closed < clock_timestamp() - interval '90 days';
$$;

REVOKE ALL ON FUNCTION access.open_alert, access.count_conduct, access.forget_conduct FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access.count_conduct, access.forget_conduct TO isthmus_tokens;
GRANT SELECT ON access.conduct, access.alert TO isthmus_operator;
