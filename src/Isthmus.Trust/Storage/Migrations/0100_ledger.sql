-- The ledger of business events. docs/adr/0015-ledger-chain.md says why it looks like this.
--
--   append()  the only way in, called inside the effect's own transaction
--   pending   what was appended and is not chained yet, one row per call
--   entry     the chain, one row per event, never changed
--   phrase    the words that repeat from event to event, stored once
--   head      where each tenant's chain ends
--   event     the chain as people read it

CREATE SCHEMA ledger;
REVOKE ALL ON SCHEMA ledger FROM PUBLIC;

CREATE TABLE ledger.pending (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant  smallint NOT NULL,
    at      timestamptz NOT NULL,
    login   text NOT NULL,
    kind    text[] NOT NULL,
    actor   text[] NOT NULL,
    message bigint[] NOT NULL,
    person  uuid[] NOT NULL,
    detail  text[] NOT NULL
) WITH (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 0);

CREATE TABLE ledger.phrase (
    id     integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind   text NOT NULL,
    actor  text NOT NULL,
    login  text NOT NULL,
    detail text,
    UNIQUE NULLS NOT DISTINCT (kind, actor, login, detail)
);

-- Wide columns first, so that no byte is lost to alignment. No foreign key to phrase: it would look up every row,
-- and the verifier finds a phrase that is gone.
CREATE TABLE ledger.entry (
    seq        bigint NOT NULL,
    at         timestamptz NOT NULL,
    message_id bigint,
    person     uuid,
    phrase     integer NOT NULL,
    tenant     smallint NOT NULL,
    hash       bytea NOT NULL CHECK (length(hash) = 32),
    detail     text
);

-- Rows arrive in the order of seq and at, so block ranges find them for a hundredth of what a tree would cost.
-- Message ids arrive nearly in order: a few intervals per range keep late events from widening it.
-- Persons arrive in any order: a Bloom filter per range says where not to look.
CREATE INDEX entry_place ON ledger.entry USING brin (tenant, seq, at) WITH (pages_per_range = 32, autosummarize = on);
CREATE INDEX entry_message ON ledger.entry USING brin (message_id int8_minmax_multi_ops) WITH (pages_per_range = 32, autosummarize = on);
CREATE INDEX entry_person ON ledger.entry
    USING brin (person uuid_bloom_ops (n_distinct_per_range = 1000, false_positive_rate = 0.001))
    WITH (pages_per_range = 32, autosummarize = on);

CREATE TABLE ledger.head (
    tenant smallint PRIMARY KEY,
    seq    bigint NOT NULL,
    hash   bytea NOT NULL CHECK (length(hash) = 32),
    at     timestamptz NOT NULL
) WITH (fillfactor = 50);

CREATE VIEW ledger.event AS
    SELECT e.tenant, e.seq, e.at, p.kind, p.actor, p.login, e.message_id, e.person, coalesce(e.detail, p.detail) AS detail, e.hash
    FROM ledger.entry e JOIN ledger.phrase p ON p.id = e.phrase;

CREATE FUNCTION ledger.append(
    p_tenant smallint, p_kind text[], p_actor text[], p_message bigint[], p_person uuid[], p_detail text[])
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF cardinality(p_kind) = 0 THEN
        RETURN;
    END IF;
    IF cardinality(p_actor) <> cardinality(p_kind) OR cardinality(p_message) <> cardinality(p_kind)
        OR cardinality(p_person) <> cardinality(p_kind) OR cardinality(p_detail) <> cardinality(p_kind) THEN
        RAISE EXCEPTION 'ledger.append-ragged: the arrays of one call have one length' USING errcode = '22023';
    END IF;
    IF EXISTS (
        SELECT FROM unnest(p_kind, p_actor, p_detail) e (kind, actor, detail)
        WHERE kind IS NULL OR actor IS NULL OR detail IS NULL
            OR length(kind) NOT BETWEEN 1 AND 64 OR length(actor) NOT BETWEEN 1 AND 200 OR length(detail) > 8000) THEN
        RAISE EXCEPTION 'ledger.append-malformed: an event has a kind (64 characters), an actor (200) and a detail (8000)'
            USING errcode = '22023';
    END IF;
    -- session_user is the login of the connection, whatever the caller claims as actor.
    INSERT INTO ledger.pending (tenant, at, login, kind, actor, message, person, detail)
    VALUES (p_tenant, clock_timestamp(), session_user, p_kind, p_actor, p_message, p_person, p_detail);
END $$;

CREATE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'ledger.append-only: % on ledger.% is refused', tg_op, tg_table_name USING errcode = '42501';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.phrase
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON ledger.head
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.entry ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE ledger.phrase ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE ledger.head ENABLE ALWAYS TRIGGER append_only;

REVOKE ALL ON FUNCTION ledger.append(smallint, text[], text[], bigint[], uuid[], text[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION ledger.refuse_change() FROM PUBLIC;

GRANT USAGE ON SCHEMA ledger
    TO isthmus_inbound, isthmus_mediation, isthmus_outbound, isthmus_workflow, isthmus_operator, isthmus_ledger;
GRANT EXECUTE ON FUNCTION ledger.append(smallint, text[], text[], bigint[], uuid[], text[])
    TO isthmus_inbound, isthmus_mediation, isthmus_outbound, isthmus_workflow, isthmus_operator;

GRANT SELECT, DELETE ON ledger.pending TO isthmus_ledger;
GRANT SELECT, INSERT ON ledger.entry, ledger.phrase TO isthmus_ledger;
GRANT SELECT, INSERT, UPDATE ON ledger.head TO isthmus_ledger;

-- The operator verifies and searches; pending shows what is not chained yet without its content.
GRANT SELECT ON ledger.entry, ledger.phrase, ledger.head, ledger.event TO isthmus_operator;
GRANT SELECT (id, tenant, at) ON ledger.pending TO isthmus_operator;
