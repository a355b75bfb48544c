-- What became of each message: outcome, versions, steps and findings. Nothing of its content.
CREATE SCHEMA mediation;
GRANT USAGE ON SCHEMA mediation TO isthmus_mediation, isthmus_operator;

CREATE TABLE mediation.message (
    message_id    bigint      PRIMARY KEY,
    processed     timestamptz NOT NULL DEFAULT now(),
    person        uuid,
    tenant        smallint    NOT NULL,
    attempts      smallint    NOT NULL,
    outcome       "char"      NOT NULL,   -- c committed, w waiting for a human, q quarantined, r refused
    contract      text        NOT NULL,
    site_version  text        NOT NULL,
    maps_version  text        NOT NULL,
    resource_types smallint[] NOT NULL,
    resource_ids  uuid[]      NOT NULL,
    steps         text        NOT NULL,   -- JSON: [["parse","continue",0.12,"version",["rule",…]],…]
    findings      text        NOT NULL    -- JSON: [["rule","warning","location","text"],…]
) WITH (autovacuum_vacuum_scale_factor = 0.05);

CREATE INDEX message_stopped ON mediation.message (outcome, message_id) WHERE outcome <> 'c';

GRANT SELECT, INSERT, UPDATE ON mediation.message TO isthmus_mediation;
GRANT SELECT ON mediation.message TO isthmus_operator;

-- The outcome as people know it: a committed message is delivered once every delivery has come to its end.
CREATE VIEW mediation.outcome AS
SELECT m.message_id, m.person, m.processed,
       CASE m.outcome
           WHEN 'w' THEN 'waiting-for-human'
           WHEN 'q' THEN 'quarantined'
           WHEN 'r' THEN 'refused'
           ELSE CASE
               WHEN d.dead > 0 THEN 'waiting-for-human'
               WHEN d.open > 0 THEN 'in-progress'
               ELSE 'delivered' END
       END AS outcome
FROM mediation.message m
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE state = 'k') AS dead, count(*) FILTER (WHERE state IN ('p', 'h')) AS open
    FROM exchange.delivery d WHERE d.message_id = m.message_id) AS d;

GRANT SELECT ON mediation.outcome TO isthmus_operator;
