-- What stands behind the door reads records and writes none.
GRANT USAGE ON SCHEMA phi TO isthmus_api;
GRANT SELECT ON phi.tenant_key, phi.pack, phi.resource, phi.search TO isthmus_api;
