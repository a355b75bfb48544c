using Isthmus.Hl7v2;
using Isthmus.Mapping;

namespace Isthmus.Mediation.Messages;

/// <summary>
/// Where the patient is (PV1-3.1), as pools are chosen by it. Signals and tasks are in clear and read by many, and a sender may write
/// anything there: only a place that the site's vocabulary <c>PointOfCare</c> lists stands in one. Without it the default pool is asked.
/// </summary>
internal static class PointOfCare
{
    public static string Of(Hl7Message message, MapSet maps)
    {
        var place = message.First("PV1").Field(3).Component(1).Value.GetText();
        return place.Length > 0 && maps.HasCode("PointOfCare", place) ? place : string.Empty;
    }
}
