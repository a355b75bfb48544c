-- What the edge may know of the destinations: which of them are away, or tried again after they were. A breaker that is open moves at the
-- latest after its longest pause and an attempt, so one that has not for a minute was of a node that is gone, or has nothing to send.
CREATE FUNCTION exchange.troubled_destinations()
RETURNS TABLE (destination text, state text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT b.destination, b.state FROM outbound.breaker b
    WHERE b.state <> 'closed' AND b.since > clock_timestamp() - interval '1 minute';
$$;

REVOKE ALL ON FUNCTION exchange.troubled_destinations FROM PUBLIC;
GRANT EXECUTE ON FUNCTION exchange.troubled_destinations TO isthmus_inbound;
