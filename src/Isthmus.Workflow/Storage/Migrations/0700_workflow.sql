-- Work for people. Nothing here is patient data but what is in workflow.note: persons are pseudonymous keys, titles
-- name an analyte and never a value.
--
--   definition  the workflows that instances were started with, kept as they were
--   instance    a state machine under way, one per workflow and business key for good
--   task        what a person sees of it
--   timer       what will happen unless someone acts; the database clock decides
--   transition  every step that was taken
--   note        what people wrote: read-backs and comments, which may quote patient data

CREATE SCHEMA workflow;
REVOKE ALL ON SCHEMA workflow FROM PUBLIC;

CREATE TABLE workflow.definition (
    id      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name    text NOT NULL,
    version text NOT NULL,
    hash    bytea NOT NULL,
    source  text NOT NULL,
    first   timestamptz NOT NULL DEFAULT now(),
    UNIQUE (hash)
);

CREATE TABLE workflow.instance (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id bigint NOT NULL,
    person     uuid,
    created    timestamptz NOT NULL DEFAULT now(),
    closed     timestamptz,
    definition integer NOT NULL REFERENCES workflow.definition (id),
    steps      integer NOT NULL DEFAULT 0,
    tenant     smallint NOT NULL,
    partition  smallint NOT NULL,
    workflow   text NOT NULL,
    key        text NOT NULL,
    state      text NOT NULL,
    location   text NOT NULL,
    detail     text NOT NULL,
    UNIQUE (tenant, workflow, key)
) WITH (fillfactor = 80);

CREATE TABLE workflow.task (
    id          bigint PRIMARY KEY REFERENCES workflow.instance (id),
    message_id  bigint NOT NULL,
    created     timestamptz NOT NULL DEFAULT now(),
    due         timestamptz,
    escalate_at timestamptz,
    claimed     timestamptz,
    closed      timestamptz,
    pool_step   integer NOT NULL,
    tenant      smallint NOT NULL,
    pool        text NOT NULL,
    pool_path   text[] NOT NULL,
    claimed_by  text,
    title       text NOT NULL,
    why         text NOT NULL,
    next_action text NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX task_inbox ON workflow.task (tenant, pool, due) WHERE closed IS NULL;
CREATE INDEX task_message ON workflow.task (message_id);

CREATE TABLE workflow.timer (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    due       timestamptz NOT NULL,
    instance  bigint NOT NULL REFERENCES workflow.instance (id),
    partition smallint NOT NULL,
    raises    text NOT NULL
);
CREATE INDEX timer_due ON workflow.timer (partition, due);
CREATE INDEX timer_instance ON workflow.timer (instance);

CREATE TABLE workflow.transition (
    instance   bigint NOT NULL REFERENCES workflow.instance (id),
    step       integer NOT NULL,
    at         timestamptz NOT NULL DEFAULT now(),
    raised     text NOT NULL,
    from_state text NOT NULL,
    to_state   text NOT NULL,
    pool       text NOT NULL,
    actor      text NOT NULL,
    outcome    text,
    PRIMARY KEY (instance, step)
);

CREATE TABLE workflow.note (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    task   bigint NOT NULL REFERENCES workflow.task (id),
    at     timestamptz NOT NULL DEFAULT now(),
    author text NOT NULL,
    kind   text NOT NULL CHECK (kind IN ('read-back', 'comment')),
    text   text NOT NULL
);
CREATE INDEX note_task ON workflow.note (task);

CREATE VIEW workflow.task_view AS
    SELECT t.id, t.tenant, t.title, i.state, t.pool, t.due, t.escalate_at, t.message_id, t.created, t.closed, t.claimed_by,
           t.why, t.next_action, t.pool_path, t.pool_step, d.name || '@' || d.version AS workflow, i.person, i.location
    FROM workflow.task t
    JOIN workflow.instance i ON i.id = t.id
    JOIN workflow.definition d ON d.id = i.definition;

-- Whoever reads what people wrote leaves a trace in the same transaction.
CREATE FUNCTION workflow.read_notes(p_task bigint, p_reader text, p_purpose text)
RETURNS TABLE (at timestamptz, author text, kind text, text text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    about workflow.instance;
BEGIN
    SELECT i.* INTO about FROM workflow.instance i WHERE i.id = p_task;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM ledger.append(
        about.tenant, ARRAY['record.read'], ARRAY[p_reader], ARRAY[nullif(about.message_id, 0)], ARRAY[about.person],
        ARRAY[jsonb_build_object('resource', 'task/' || p_task || '/notes', 'purpose', p_purpose)::text]);
    RETURN QUERY SELECT n.at, n.author, n.kind, n.text FROM workflow.note n WHERE n.task = p_task ORDER BY n.id;
END $$;
REVOKE ALL ON FUNCTION workflow.read_notes FROM PUBLIC;

GRANT USAGE ON SCHEMA workflow TO isthmus_workflow, isthmus_operator;
GRANT SELECT, INSERT ON workflow.definition, workflow.instance, workflow.task, workflow.timer, workflow.transition TO isthmus_workflow;
GRANT UPDATE (state, closed, steps) ON workflow.instance TO isthmus_workflow;
GRANT UPDATE (pool, pool_step, due, escalate_at, claimed, claimed_by, closed) ON workflow.task TO isthmus_workflow;
GRANT DELETE ON workflow.timer TO isthmus_workflow;
GRANT INSERT ON workflow.note TO isthmus_workflow;
GRANT SELECT ON workflow.task_view TO isthmus_workflow, isthmus_operator;
GRANT SELECT ON workflow.definition, workflow.instance, workflow.task, workflow.timer, workflow.transition TO isthmus_operator;
GRANT EXECUTE ON FUNCTION workflow.read_notes TO isthmus_operator;
