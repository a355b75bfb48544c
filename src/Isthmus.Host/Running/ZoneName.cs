using Isthmus.Store.Connections;

namespace Isthmus.Host.Running;

/// <summary>What a process can be: each zone may run as a process of its own, with its own login and keys.</summary>
internal enum ZoneName
{
    Inbound,
    Mediation,
    Outbound,
    Workflow,
    Ledger,

    /// <summary>The door for third parties: authorization server, admission, and the API behind them.</summary>
    Api,
}

internal static class ZoneNames
{
    public static IReadOnlyList<ZoneName> All { get; } = Enum.GetValues<ZoneName>();

    public static ZoneRole RoleOf(ZoneName zone) => Enum.Parse<ZoneRole>(zone.ToString());

    /// <summary>Every login that the zone is given; the first is its own. The door has the edge's too: messages that clients hand in are appended to the journal under it.</summary>
    public static IReadOnlyList<ZoneRole> RolesOf(ZoneName zone) =>
        zone == ZoneName.Api ? [ZoneRole.Api, ZoneRole.Tokens, ZoneRole.Admission, ZoneRole.Inbound] : [RoleOf(zone)];

    public static string Word(this ZoneName zone) => zone.ToString().ToLowerInvariant();
}
