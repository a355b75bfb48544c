using System.CommandLine;
using Isthmus.Host.Terminal;

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

    /// <summary>A point in time, as a date and time or as how long ago.</summary>
    public static Option<DateTimeOffset?> Time(string name, string description) => new(name)
    {
        Description = $"{description}: {Moment.Forms}.",
        HelpName = "time",
        CustomParser = result =>
        {
            var time = Moment.Parse(result.Tokens[0].Value, TimeProvider.System.GetUtcNow());
            if (time is null)
            {
                result.AddError($"{name} is {Moment.Forms}.");
            }

            return time;
        },
    };

    /// <summary>A person, by the key that stands for them everywhere but in the records.</summary>
    public static Option<Guid?> Patient(string description) => new("--patient")
    {
        Description = description,
        HelpName = "key",
        CustomParser = result =>
        {
            if (Guid.TryParse(result.Tokens[0].Value, out var person))
            {
                return person;
            }

            result.AddError("--patient is the pseudonymous key of a person, as `message show` tells it. A medical record number is patient data and does not belong on a command line.");
            return null;
        },
    };

    public static Option<int> Limit() => new("--limit") { Description = "At most so many.", DefaultValueFactory = _ => 100 };
}
