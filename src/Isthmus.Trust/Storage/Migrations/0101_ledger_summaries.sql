-- Only an index's owner may summarise its block ranges; the sequencer may ask for it.
CREATE FUNCTION ledger.summarise() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT brin_summarize_new_values('ledger.entry_place'),
           brin_summarize_new_values('ledger.entry_message'),
           brin_summarize_new_values('ledger.entry_person');
$$;

REVOKE ALL ON FUNCTION ledger.summarise() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.summarise() TO isthmus_ledger;
