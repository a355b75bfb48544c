-- Application acknowledgements that senders in enhanced mode asked for (MSH-16, HL7 v2.5.1 §2.9.3), owed by Mediation with the
-- message's effect and sent by Outbound over the contract's return connection. Nothing in clear is of the message's content; its
-- header, which the acknowledgement quotes, is sealed to Outbound and dropped once the acknowledgement has come to its end.
CREATE TABLE exchange.application_answer (
    message_id   bigint      PRIMARY KEY,
    tenant       smallint    NOT NULL,
    partition    smallint    NOT NULL,
    attempts     smallint    NOT NULL DEFAULT 0,
    wanted       "char"      NOT NULL,              -- a always, e when it failed, s when it succeeded
    code         "char",                            -- e error, r rejected; null: accepted, once its deliveries have ended well
    state        "char"      NOT NULL DEFAULT 'p',  -- p pending, d acknowledged by the sender, n not wanted after all, k given up
    destination  text        NOT NULL,
    rule         text,
    location     text,
    sentence     text,
    created      timestamptz NOT NULL DEFAULT clock_timestamp(),
    next_attempt timestamptz NOT NULL DEFAULT '-infinity',
    settled      timestamptz,
    seal_key     int,
    seal_nonce   bigint,
    header       bytea
) WITH (fillfactor = 70);
CREATE INDEX application_answer_due ON exchange.application_answer (destination, partition, next_attempt) WHERE state = 'p';

-- One acknowledgement for a message, whatever becomes of it later: the first outcome that was told stands. A replay may still change
-- what has not been told.
CREATE FUNCTION exchange.owe_application_answers(
    p_tenant smallint, p_seal_key int, p_message_id bigint[], p_partition smallint[], p_destination text[], p_wanted text[], p_code text[],
    p_rule text[], p_location text[], p_sentence text[], p_seal_nonce bigint[], p_header bytea[])
RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = exchange, pg_temp AS $$
    INSERT INTO exchange.application_answer AS a (tenant, seal_key, message_id, partition, destination, wanted, code, rule, location, sentence, seal_nonce, header)
    SELECT p_tenant, p_seal_key, o.message_id, o.part, o.destination, o.wanted::"char", o.code::"char", o.rule, o.location, o.sentence, o.nonce, o.header
    FROM unnest(p_message_id, p_partition, p_destination, p_wanted, p_code, p_rule, p_location, p_sentence, p_seal_nonce, p_header)
      AS o(message_id, part, destination, wanted, code, rule, location, sentence, nonce, header)
    ON CONFLICT (message_id) DO UPDATE SET code = EXCLUDED.code, rule = EXCLUDED.rule, location = EXCLUDED.location,
        sentence = EXCLUDED.sentence, next_attempt = '-infinity'
    WHERE a.state = 'p' AND a.attempts = 0;
$$;

REVOKE ALL ON FUNCTION exchange.owe_application_answers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION exchange.owe_application_answers TO isthmus_mediation;
GRANT SELECT, UPDATE (state, attempts, next_attempt, settled, seal_key, seal_nonce, header) ON exchange.application_answer TO isthmus_outbound;
GRANT SELECT (message_id, tenant, partition, attempts, wanted, code, state, destination, rule, location, sentence, created, next_attempt, settled)
    ON exchange.application_answer TO isthmus_operator;
