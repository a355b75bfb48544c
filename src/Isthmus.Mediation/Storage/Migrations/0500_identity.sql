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
    state      "char"   NOT NULL,             -- r registered, p provisional, m merged into another
    merged_into uuid,
    stated     bigint   NOT NULL DEFAULT 0,   -- when the authority last spoke of them, Unix milliseconds
    created    timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

CREATE TABLE identity.identifier (
    tenant  smallint NOT NULL,
    key     uuid     NOT NULL,                -- HMAC of system and value
    person  uuid     NOT NULL,
    PRIMARY KEY (tenant, key)
);

CREATE INDEX identifier_person ON identity.identifier (person);
CREATE INDEX person_merged ON identity.person (merged_into) WHERE merged_into IS NOT NULL;

-- The evidence of each merge: which message said so, who was made one, and which numbers went over.
CREATE TABLE identity.merge (
    at          timestamptz NOT NULL DEFAULT now(),
    message_id  bigint      NOT NULL,
    gone        uuid        NOT NULL,
    survivor    uuid        NOT NULL,
    tenant      smallint    NOT NULL,
    contract    text        NOT NULL,
    identifiers uuid[]      NOT NULL,   -- keys of all numbers that were the merged person's
    PRIMARY KEY (gone, at)
);
CREATE INDEX merge_survivor ON identity.merge (survivor);
GRANT SELECT, INSERT ON identity.merge TO isthmus_mediation;
GRANT SELECT (at, message_id, gone, survivor, tenant, contract) ON identity.merge TO isthmus_operator;

GRANT SELECT, INSERT, UPDATE ON identity.person TO isthmus_mediation;
GRANT SELECT, INSERT, UPDATE (person) ON identity.identifier TO isthmus_mediation;
GRANT SELECT (person, tenant, state, created, merged_into) ON identity.person TO isthmus_operator;
