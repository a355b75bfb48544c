-- Whoever reads for a third party decides consent at each read.
GRANT USAGE ON SCHEMA consent TO isthmus_api;
GRANT SELECT ON consent.directive TO isthmus_api;
