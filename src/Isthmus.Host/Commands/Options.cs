using System.CommandLine;

namespace Isthmus.Host.Commands;

/// <summary>Options that mean the same on every command.</summary>
internal static class Options
{
    public static Option<bool> Json() => new("--json") { Description = "Print one JSON document instead of tables." };

    public static Option<DirectoryInfo> Site() => new("--site")
    {
        Description = "The site folder.",
        DefaultValueFactory = _ => new DirectoryInfo(Environment.GetEnvironmentVariable("ISTHMUS_SITE") ?? "site/demo"),
    };
}
