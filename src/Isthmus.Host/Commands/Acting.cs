using System.CommandLine;

namespace Isthmus.Host.Commands;

/// <summary>Options of commands by which a person changes who may come in.</summary>
internal static class Acting
{
    public static Option<string> As() => new("--as")
    {
        Description = "Who acts, as the ledger records it (default: the user of this machine).",
        DefaultValueFactory = _ => Environment.UserName,
    };

    public static Option<string> Reason() => new("--reason") { Description = "Why; the ledger keeps it.", Required = true };
}
