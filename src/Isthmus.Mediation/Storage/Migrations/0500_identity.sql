-- The identity plane: who is meant, by keyed hashes only.
CREATE SCHEMA identity;
GRANT USAGE ON SCHEMA identity TO isthmus_mediation, isthmus_operator;

CREATE TABLE identity.person (
    person     uuid     PRIMARY KEY,
    last_no    bigint   NOT NULL DEFAULT 0,   -- numbers deliveries; its row lock orders commits for one person
    family_key bigint   NOT NULL,                -- 0 where unknown
    given_key  bigint   NOT NULL,
    birth_key  bigint   NOT NULL,
    tenant     smallint NOT NULL,
    sex        "char"   NOT NULL,
    state      "char"   NOT NULL,             -- r registered, p provisional
    stated     bigint   NOT NULL DEFAULT 0,   -- when the authority last spoke of them, Unix milliseconds
    created    timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

CREATE TABLE identity.identifier (
    tenant  smallint NOT NULL,
    key     uuid     NOT NULL,                -- HMAC of system and value
    person  uuid     NOT NULL,
    PRIMARY KEY (tenant, key)
);

GRANT SELECT, INSERT, UPDATE ON identity.person TO isthmus_mediation;
GRANT SELECT, INSERT ON identity.identifier TO isthmus_mediation;
GRANT SELECT (person, tenant, state, created) ON identity.person TO isthmus_operator;
