-- What stands at the door leases no partitions. 0120 gave its logins every function of the schema, and with them those behind the
-- check that a zone leases of its own zone only (0011).
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA store FROM isthmus_tokens, isthmus_admission, isthmus_api;
