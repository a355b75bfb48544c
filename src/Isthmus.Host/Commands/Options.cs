using System.CommandLine;

namespace Isthmus.Host.Commands;

/// <summary>Options that mean the same on every command.</summary>
internal static class Options
{
    public static Option<bool> Json() => new("--json") { Description = "Print one JSON document instead of tables." };

    public static Option<DirectoryInfo> Site() => new Option<DirectoryInfo>("--site")
    {
        Description = "The site folder.",
        DefaultValueFactory = _ => DefaultSite(),
    }.AcceptExistingOnly();

    /// <summary>The site of <c>ISTHMUS_SITE</c>, else the demo's, wherever the command is called from.</summary>
    public static DirectoryInfo DefaultSite() => new(
        Environment.GetEnvironmentVariable("ISTHMUS_SITE") is { Length: > 0 } site
            ? site
            : DemoSite().FullName);

    /// <summary>The site of the demo, whatever <c>ISTHMUS_SITE</c> says: its messages and patients belong to no other.</summary>
    public static DirectoryInfo DemoSite() => new(Path.Combine(Environment.GetEnvironmentVariable("ISTHMUS_HOME") ?? "", "site", "demo"));

    public static Option<short> Tenant() => new("--tenant") { Description = "The tenant's number.", DefaultValueFactory = _ => 1 };

    public static Option<int> Limit() => new("--limit") { Description = "At most so many.", DefaultValueFactory = _ => 100 };
}
