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
}

internal static class ZoneNames
{
    public static IReadOnlyList<ZoneName> All { get; } = Enum.GetValues<ZoneName>();

    public static ZoneRole RoleOf(ZoneName zone) => Enum.Parse<ZoneRole>(zone.ToString());

    public static string Word(this ZoneName zone) => zone.ToString().ToLowerInvariant();
}
