using Isthmus.Exchange;

namespace Isthmus.Mediation.Route;

/// <summary>Findings about what destinations are to get.</summary>
internal static class RouteRules
{
    public const string MessageUnwritableRule = "route.message-unwritable";

    /// <param name="destination">Its name, which is the location: the fault lies in what it can be told.</param>
    public static Finding MessageUnwritable(string destination) => new(
        MessageUnwritableRule, Severity.Error, destination,
        "No HL7 v2 message could be written of this message's resources for the destination, so it gets none; a person is asked.");
}
