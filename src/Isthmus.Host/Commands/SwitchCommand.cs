using System.CommandLine;
using System.Globalization;
using Isthmus.Exchange;
using Isthmus.Host.Running;
using Isthmus.Host.Terminal;
using Isthmus.Store.Connections;
using Isthmus.Trust.Access.Switches;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;

namespace Isthmus.Host.Commands;

/// <summary><c>isthmus switch off|on|list</c>: stops a client, a route, an integration, a destination, a scope or a whole tenant, everywhere within a second.</summary>
internal static class SwitchCommand
{
    public static Command Create() => new("switch", "Stop what must not go on, everywhere within a second, and let it go on again.")
    {
        Turn("off", "Switch off.", (store, turn, cancel) => store.OffAsync(turn.Tenant, turn.Kind, turn.Target, turn.By, turn.Reason, cancel)),
        Turn("on", "Switch on again.", (store, turn, cancel) => store.OnAsync(turn.Tenant, turn.Kind, turn.Target, turn.By, turn.Reason, cancel)),
        List(),
    };

    private static Command Turn(string word, string description, Func<SwitchStore, Turned, CancellationToken, Task<bool>> turn)
    {
        var kind = new Argument<SwitchKind>("kind")
        {
            Description = $"What it is: {Kinds}.",
            CustomParser = given =>
            {
                if (!SwitchKinds.TryParse(given.Tokens[0].Value, out var parsed))
                {
                    given.AddError($"The kind is one of {Kinds}.");
                }

                return parsed;
            },
        };
        var target = new Argument<string>("target") { Description = "A client's id, a name, a tenant's number, or a scope." };
        var reason = new Option<string>("--reason") { Description = "Why; it stands in the ledger.", Required = true };
        var actor = new Option<string>("--as")
        {
            Description = "Who acts, as the ledger records it (default: the user of this machine).",
            DefaultValueFactory = _ => Environment.UserName,
        };
        var (tenant, json) = (Options.Tenant(), Options.Json());
        var command = new Command(word, description) { kind, target, reason, actor, tenant, json };
        command.SetAction(async (parse, cancel) =>
        {
            await using var installation = await Installation.OpenAsync([ZoneRole.Operator], NullLoggerFactory.Instance, cancel);
            var turned = new Turned(parse.GetValue(tenant), parse.GetValue(kind), parse.GetValue(target)!, parse.GetValue(actor)!, parse.GetValue(reason)!);
            if (word == "off" && await SwitchTargets.ObjectionAsync(installation, turned.Kind, turned.Target, cancel) is { } objection)
            {
                throw new RefusalException(objection);
            }

            var changed = await turn(new SwitchStore(installation.Store.For(ZoneRole.Operator)), turned, cancel);
            if (parse.GetValue(json))
            {
                Output.Json(new { kind = turned.Kind.Word(), turned.Target, state = word, changed });
            }
            else
            {
                Output.People.MarkupLineInterpolated($"{turned.Kind.Word()} {turned.Target} {(changed ? "is now" : "was already")} {word}");
            }

            return 0;
        });
        return command;
    }

    private static Command List()
    {
        var json = Options.Json();
        var command = new Command("list", "What is off, since when, by whom and why.") { json };
        command.SetAction(async (parse, cancel) =>
        {
            await using var installation = await Installation.OpenAsync([ZoneRole.Operator], NullLoggerFactory.Instance, cancel);
            var off = await new SwitchStore(installation.Store.For(ZoneRole.Operator)).ListAsync(cancel);
            if (parse.GetValue(json))
            {
                Output.Json(off);
            }
            else
            {
                Print(off);
            }

            return 0;
        });
        return command;
    }

    private static void Print(IReadOnlyList<Switch> off)
    {
        var table = new Table().Border(TableBorder.None).AddColumns("kind", "target", "off since (UTC)", "by", "reason");
        foreach (var one in off)
        {
            table.AddRow(
                one.Kind.Word(), Markup.Escape(one.Target), one.OffAt.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                Markup.Escape(one.OffBy), Markup.Escape(one.Reason));
        }

        Output.Table(table, "Everything is on.");
    }

    private static string Kinds => string.Join(", ", Enum.GetValues<SwitchKind>().Select(k => k.Word()));

    private sealed record Turned(short Tenant, SwitchKind Kind, string Target, string By, string Reason);
}
