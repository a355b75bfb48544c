using System.Reflection;

namespace Isthmus.Host.Running;

/// <summary>The modules whose numbered migrations make the schema.</summary>
internal static class Modules
{
    public static IReadOnlyList<Assembly> WithMigrations { get; } =
    [
        typeof(Store.Schema.Migrator).Assembly,
        typeof(Trust.Keys.KeyFolder).Assembly,
        typeof(Records.ResourceTypes).Assembly,
        Assembly.Load("Isthmus.Governance"),
        typeof(Inbound.InboundZone).Assembly,
        Assembly.Load("Isthmus.Mediation"),
        Assembly.Load("Isthmus.Outbound"),
        Assembly.Load("Isthmus.Workflow"),
    ];
}
