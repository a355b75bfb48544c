-- The zone behind the door runs by the same site as every other.
GRANT USAGE ON SCHEMA site TO isthmus_tokens, isthmus_admission, isthmus_api;
GRANT SELECT ON site.snapshot, site.application TO isthmus_tokens, isthmus_admission, isthmus_api;
