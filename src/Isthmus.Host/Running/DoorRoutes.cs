using Isthmus.Api.Fhir;
using Isthmus.Api.OAuth;
using Isthmus.Inbound;
using Isthmus.Inbound.Admission;

namespace Isthmus.Host.Running;

/// <summary>What stands behind the door, as admission sees it.</summary>
internal static class DoorRoutes
{
    private static readonly string[] FhirMediaTypes = ["application/fhir+json", "application/json"];

    public static IReadOnlyList<DoorRoute> Of(OAuthRoutes oauth, FhirRoutes fhir, FeedDoor feeds) =>
        [.. oauth.All.Select(Of), .. fhir.All.Select(Of), feeds.Route];

    /// <summary>Whoever asks for a token has none yet; the endpoints find out themselves who asks, and read their small bodies.</summary>
    private static DoorRoute Of(OAuthRoute route) => new()
    {
        Name = route.Name,
        Method = route.Method,
        Template = route.Path,
        Form = RefusalForm.OAuth,
        MediaTypes = route.MediaType is { } type ? [type] : [],
        MostBytes = route.MostBytes,
        ReadsBody = false,
        Handler = (call, _) => route.Answer(call),
    };

    private static DoorRoute Of(FhirRoute route) => new()
    {
        Name = route.Name,
        Method = route.Method,
        Template = route.Template,
        Form = RefusalForm.Fhir,
        Accepts = FhirRoutes.Accepts,
        MediaTypes = route.MostBytes > 0 ? FhirMediaTypes : [],
        MostBytes = route.MostBytes,
        Need = route.Need,
        ResourceParameter = route.Template.Contains("{type}", StringComparison.Ordinal) ? "type" : null,
        Handler = route.Answer,
    };
}
