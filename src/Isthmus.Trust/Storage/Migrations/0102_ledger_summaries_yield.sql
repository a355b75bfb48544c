-- Summarising and vacuuming exclude each other. Asked for every few seconds, it would cancel every vacuum of a large
-- ledger, or wait behind one that cannot be cancelled while events pile up. A vacuum under way summarises by itself.
CREATE OR REPLACE FUNCTION ledger.summarise() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '100ms' AS $$
BEGIN
    PERFORM brin_summarize_new_values('ledger.entry_place'),
            brin_summarize_new_values('ledger.entry_message'),
            brin_summarize_new_values('ledger.entry_person');
EXCEPTION WHEN lock_not_available THEN
    RETURN;
END $$;
