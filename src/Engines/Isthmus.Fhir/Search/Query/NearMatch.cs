namespace Isthmus.Fhir.Search.Query;

/// <summary>Distance along a great circle, by the haversine formula on a sphere: exact to half a percent, which a search for what is near can bear.</summary>
internal static class NearMatch
{
    private const double EarthKilometres = 6371.0088;

    public static bool Fits(NearOperand asked, PositionValue position)
    {
        var (latitude, longitude) = ((double)position.Latitude, (double)position.Longitude);
        var north = Math.Sin(double.DegreesToRadians(latitude - asked.Latitude) / 2);
        var east = Math.Sin(double.DegreesToRadians(longitude - asked.Longitude) / 2);
        var share = (north * north) + (Math.Cos(double.DegreesToRadians(asked.Latitude)) * Math.Cos(double.DegreesToRadians(latitude)) * east * east);
        return 2 * EarthKilometres * Math.Asin(Math.Min(1, Math.Sqrt(share))) <= asked.Kilometres;
    }
}
