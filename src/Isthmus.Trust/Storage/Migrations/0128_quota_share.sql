-- How much of its contract's quota a bucket holds now, for people: less while what lies behind the route is degraded.
ALTER TABLE access.bucket ADD COLUMN share double precision NOT NULL DEFAULT 1;

-- lease_tokens, and a note of the share where that has changed. The leases hold the rows, in the order of their keys.
CREATE FUNCTION access.lease_tokens(
    p_tenant smallint[], p_environment text[], p_client text[], p_route text[], p_resource text[], p_traffic text[],
    p_per_second double precision[], p_burst integer[], p_wanted integer[], p_share double precision[])
RETURNS TABLE (ordinal integer, granted integer, remaining double precision)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT * FROM access.lease_tokens(p_tenant, p_environment, p_client, p_route, p_resource, p_traffic, p_per_second, p_burst, p_wanted);
    UPDATE access.bucket b SET share = a.share
    FROM unnest(p_tenant, p_environment, p_client, p_route, p_resource, p_traffic, p_share)
        AS a(tenant, environment, client, route, resource, traffic, share)
    WHERE b.tenant = a.tenant AND b.environment = a.environment AND b.client = a.client AND b.route = a.route AND b.resource = a.resource
      AND b.traffic = a.traffic AND b.share <> a.share;
END $$;

REVOKE ALL ON FUNCTION access.lease_tokens(
    smallint[], text[], text[], text[], text[], text[], double precision[], integer[], integer[], double precision[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access.lease_tokens(
    smallint[], text[], text[], text[], text[], text[], double precision[], integer[], integer[], double precision[]) TO isthmus_admission;
