-- The PHI plane. Resources of one message lie together in a compressed, encrypted pack; thin rows point into it.
CREATE SCHEMA phi;
GRANT USAGE ON SCHEMA phi TO isthmus_mediation, isthmus_operator;

-- The tenant's data keys, each wrapped by the key-encryption key that only the key file holds.
CREATE TABLE phi.tenant_key (
    tenant   smallint NOT NULL,
    version  smallint NOT NULL,
    wrapped  bytea    NOT NULL,
    created  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, version)
);

CREATE SEQUENCE phi.pack_id;

CREATE TABLE phi.pack (
    id           bigint      PRIMARY KEY,
    message_id   bigint      NOT NULL,
    person       uuid        NOT NULL,
    created      timestamptz NOT NULL DEFAULT now(),
    tenant       smallint    NOT NULL,
    key_version  smallint    NOT NULL,
    salt         bytea       NOT NULL,
    body         bytea       NOT NULL
);
ALTER TABLE phi.pack ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX pack_message ON phi.pack (message_id);

-- One row per version of a resource. A stale version is kept and never current.
CREATE TABLE phi.resource (
    id        uuid     NOT NULL,
    pack      bigint   NOT NULL,
    person    uuid     NOT NULL,
    digest    bigint   NOT NULL,   -- of the content: an unchanged resource makes no new version
    reported  bigint   NOT NULL,   -- OBR-22, Unix milliseconds, 0 unknown
    sent      bigint   NOT NULL,   -- MSH-7, Unix milliseconds, 0 unknown
    version   int      NOT NULL,
    start     int      NOT NULL,
    length    int      NOT NULL,
    tenant    smallint NOT NULL,
    type      smallint NOT NULL,
    rank      smallint NOT NULL,   -- of the status: a correction outranks a final
    stale     boolean  NOT NULL,
    PRIMARY KEY (id, type, version)
);

-- What the resources of one pack are found by: identifiers, codes, references and names as keyed hashes for the index to begin with, and a
-- block of facts of each resource that was new in it (hashes of codes and references, dates of care in clear). Kept as it was committed:
-- whether a version is still the current one is asked of phi.resource.
CREATE TABLE phi.search (
    pack      bigint      PRIMARY KEY,
    person    uuid        NOT NULL,
    committed timestamptz NOT NULL DEFAULT now(),
    tenant    smallint    NOT NULL,
    tokens    bigint[]    NOT NULL,
    facts     bytea       NOT NULL
);
ALTER TABLE phi.search ALTER COLUMN facts SET STORAGE EXTERNAL;
CREATE INDEX search_tokens ON phi.search USING gin (tokens) WITH (fastupdate = on, gin_pending_list_limit = 4096);
CREATE INDEX search_person ON phi.search (person, pack);

GRANT SELECT, INSERT ON phi.tenant_key, phi.pack, phi.resource, phi.search TO isthmus_mediation;
-- Content said again at a later time: the current version's standing moves on, its content never.
GRANT UPDATE (rank, reported, sent) ON phi.resource TO isthmus_mediation;
GRANT USAGE ON SEQUENCE phi.pack_id TO isthmus_mediation;
