using Isthmus.Api.Fhir;
using Isthmus.Inbound;

namespace Isthmus.Host.Running;

/// <summary>The routes behind the door, as contracts, quotas and switches name them.</summary>
internal static class DoorRouteNames
{
    public static IReadOnlyList<string> All { get; } =
    [
        .. FhirRoutes.Names, FeedDoor.RouteName,
        "oauth-token", "oauth-introspect", "oauth-revoke", "oauth-register", "oauth-keys", "oauth-metadata", "smart-configuration",
    ];
}
