using System.CommandLine;
using System.Globalization;
using Isthmus.Host.Running;
using Isthmus.Host.Terminal;
using Isthmus.Outbound.Deliveries;
using Isthmus.Store.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;

namespace Isthmus.Host.Commands;

/// <summary><c>isthmus dead list|replay</c>: deliveries that were given up, and putting them back into their queues.</summary>
internal static class DeadCommand
{
    private static readonly Option<string?> Destination = new("--destination") { Description = "Only those to this destination." };

    private static readonly Option<string?> Rule = new("--rule") { Description = "Only those that ended by this rule, such as delivery.business-rule." };

    public static Command Create() => new("dead", "See to deliveries that were given up.")
    {
        List(),
        Replay(),
    };

    private static Command List()
    {
        var limit = Options.Limit();
        var json = Options.Json();
        var command = new Command("list", "What was given up and why, the newest first.") { Destination, Rule, limit, json };
        command.SetAction(async (parse, cancel) =>
        {
            await using var installation = await Installation.OpenAsync([ZoneRole.Operator], NullLoggerFactory.Instance, cancel);
            var letters = await new DeadLetters(installation.Store.For(ZoneRole.Operator)).ListAsync(
                parse.GetValue(Destination), parse.GetValue(Rule), parse.GetValue(limit), cancel);
            if (parse.GetValue(json))
            {
                Output.Json(letters);
            }
            else
            {
                Print(letters);
            }

            return 0;
        });
        return command;
    }

    private static Command Replay()
    {
        var ids = new Option<long[]>("--id") { Description = "This delivery; may be given several times.", AllowMultipleArgumentsPerToken = true };
        var all = new Option<bool>("--all") { Description = "Every dead delivery." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only tell which they are." };
        var actor = new Option<string>("--as")
        {
            Description = "Who acts, as the ledger records it (default: the user of this machine).",
            DefaultValueFactory = _ => Environment.UserName,
        };
        var json = Options.Json();
        var command = new Command("replay", "Put dead deliveries back into their own queues; nothing goes to other destinations.")
        {
            ids, Destination, Rule, all, dryRun, actor, json,
        };
        command.Validators.Add(parse =>
        {
            var restricted = parse.GetValue(ids) is { Length: > 0 } || parse.GetValue(Destination) is not null || parse.GetValue(Rule) is not null;
            if (restricted == parse.GetValue(all))
            {
                parse.AddError("Say which: --id, --destination or --rule; or --all and none of them.");
            }
        });
        command.SetAction(async (parse, cancel) =>
        {
            await using var installation = await Installation.OpenAsync([ZoneRole.Operator], NullLoggerFactory.Instance, cancel);
            var dry = parse.GetValue(dryRun);
            var replayed = await new DeadLetters(installation.Store.For(ZoneRole.Operator)).ReplayAsync(
                parse.GetValue(ids) is { Length: > 0 } asked ? asked : null, parse.GetValue(Destination), parse.GetValue(Rule), dry,
                parse.GetValue(actor)!, cancel);
            if (parse.GetValue(json))
            {
                Output.Json(new { dryRun = dry, deliveries = replayed });
            }
            else
            {
                Print(replayed, dry);
            }

            return 0;
        });
        return command;
    }

    private static void Print(IReadOnlyList<DeadLetter> letters)
    {
        var table = new Table().Border(TableBorder.None)
            .AddColumns("delivery", "message", "destination", "rule", "status", "attempts", "died (UTC)", "overtaken");
        foreach (var letter in letters)
        {
            table.AddRow(
                Number(letter.Id), Number(letter.MessageId), Markup.Escape(letter.Destination), letter.Rule,
                letter.Status == 0 ? "" : Number(letter.Status), Number(letter.Attempts),
                letter.Died.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                letter.Overtaken == 0 ? "" : $"{letter.Overtaken} of {letter.Resources}");
        }

        Output.Table(table, "No dead deliveries.");
    }

    private static void Print(IReadOnlyList<ReplayedDelivery> replayed, bool dry)
    {
        foreach (var delivery in replayed)
        {
            Output.People.MarkupLineInterpolated($"delivery {delivery.Id} of message {delivery.MessageId} to {delivery.Destination} ({delivery.Rule ?? ""})");
        }

        Output.People.MarkupLineInterpolated($"{replayed.Count} {(dry ? "would be" : "were")} put back");
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
