using System.CommandLine;
using System.Globalization;
using Isthmus.Exchange;
using Isthmus.Host.Messages;
using Isthmus.Host.Running;
using Isthmus.Host.Terminal;
using Isthmus.Store.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;

namespace Isthmus.Host.Commands;

/// <summary><c>isthmus message list|show|replay</c>: where a message is, why, and once more from the journal.</summary>
internal static class MessageCommand
{
    private static readonly string[] Outcomes = ["in-progress", "delivered", "waiting-for-human", "quarantined", "refused"];

    public static Command Create() => new("message", "Find messages and see what became of them.") { List(), Show(), Replay() };

    private static Command List()
    {
        var outcome = new Option<string?>("--outcome") { Description = $"Only those with this outcome: {string.Join(", ", Outcomes)}." };
        outcome.AcceptOnlyFromAmong(Outcomes);
        var source = new Option<string?>("--source") { Description = "Only those of this source, by its name in the contract." };
        var since = Options.Time("--since", "Received at or after");
        var until = Options.Time("--until", "Received before");
        var rule = new Option<string?>("--rule") { Description = "Only those with a finding of this rule, or a delivery that failed by it last, such as delivery.transport." };
        var patient = Options.Patient("Only those of this person, by the pseudonymous key.");
        var limit = new Option<int>("--limit") { Description = "At most this many, newest first.", DefaultValueFactory = _ => 20 };
        var json = Options.Json();
        var command = new Command("list", "The newest messages.") { outcome, source, since, until, rule, patient, limit, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var installation = await Installation.OpenAsync([ZoneRole.Operator], NullLoggerFactory.Instance, cancellation);
            var messages = await new MessageReader(installation.Store).NewestAsync(
                new MessageChoice(
                    parsed.GetValue(outcome), parsed.GetValue(source), parsed.GetValue(since), parsed.GetValue(until), parsed.GetValue(rule),
                    parsed.GetValue(patient)),
                parsed.GetValue(limit), cancellation);
            if (parsed.GetValue(json))
            {
                Output.Json(messages);
                return 0;
            }

            var table = new Table().AddColumns("message", "control id", "source", "received (UTC)", "outcome", "deliveries", "findings");
            foreach (var m in messages)
            {
                table.AddRow(
                    new Text(m.Id.ToString(CultureInfo.InvariantCulture)), new Text(m.ControlId), new Text(m.Source),
                    new Text(m.Received.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)), MessagePage.Colour(m.Outcome),
                    new Text(string.Join(", ", m.Deliveries.Select(d => $"{d.Destination} {d.Status}"))),
                    new Text(string.Join(", ", m.Findings.Select(f => f.Rule).Distinct())));
            }

            Output.Table(table, "No messages.");
            return 0;
        });
        return command;
    }

    private static Command Show()
    {
        var id = new Argument<string>("id") { Description = "The message's number, or its control id." };
        var json = Options.Json();
        var command = new Command("show", "One message on one page: steps, findings, decisions, deliveries, tasks.") { id, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var installation = await Installation.OpenAsync([ZoneRole.Operator], NullLoggerFactory.Instance, cancellation);
            var reader = new MessageReader(installation.Store);
            var asked = parsed.GetValue(id)!;
            var byNumber = long.TryParse(asked, CultureInfo.InvariantCulture, out var number) ? await reader.FindAsync(number, cancellation) : null;
            var messages = byNumber is not null ? [byNumber] : await reader.UnderControlIdAsync(asked, cancellation);
            if (messages.Count == 0)
            {
                throw Unknown(asked);
            }

            if (parsed.GetValue(json))
            {
                Output.Json(byNumber is not null ? messages[0] : messages);
                return 0;
            }

            foreach (var message in messages)
            {
                MessagePage.Write(Output.People, message);
            }

            return 0;
        });
        return command;
    }

    private static Command Replay()
    {
        var ids = new Argument<string[]>("id") { Description = "The messages' numbers or control ids; none to choose by the options.", Arity = ArgumentArity.ZeroOrMore };
        var outcome = new Option<string?>("--outcome") { Description = $"All with this outcome: {string.Join(", ", Outcomes)}." };
        outcome.AcceptOnlyFromAmong(Outcomes);
        var source = new Option<string?>("--source") { Description = "All of this source." };
        var since = Options.Time("--since", "Received at or after");
        var until = Options.Time("--until", "Received before");
        var asWas = new Option<bool>("--as-was") { Description = "Under the site version that handled them then." };
        var current = new Option<bool>("--current") { Description = "Under the site version in force now." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only tell which they are." };
        var json = Options.Json();
        var command = new Command("replay", "Work messages again from the journal. What was delivered stays delivered; closed tasks are not raised again.")
        {
            ids, outcome, source, since, until, asWas, current, dryRun, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(asWas) == result.GetValue(current))
            {
                result.AddError("Say either --as-was or --current.");
            }

            if (result.GetValue(ids) is null or [] && result.GetValue(outcome) is null && result.GetValue(source) is null && result.GetValue(since) is null)
            {
                result.AddError("Name messages, or choose them with --outcome, --source or --since.");
            }
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var installation = await Installation.OpenAsync([ZoneRole.Operator], NullLoggerFactory.Instance, cancellation);
            var replayed = await new MessageReplay(installation.Store).RunAsync(
                new ReplayChoice(
                    await NamedAsync(new MessageReader(installation.Store), parsed.GetValue(ids), cancellation), parsed.GetValue(outcome), parsed.GetValue(source),
                    parsed.GetValue(since), parsed.GetValue(until)),
                parsed.GetValue(asWas), parsed.GetValue(dryRun), Environment.UserName, cancellation);
            if (parsed.GetValue(json))
            {
                Output.Json(replayed);
                return 0;
            }

            foreach (var message in replayed)
            {
                Output.People.MarkupLineInterpolated($"message {message.Id}, {message.Outcome}: {(parsed.GetValue(dryRun) ? "would be worked again" : "put back")} under {message.SiteVersion ?? "the current site"}");
            }

            Output.People.MarkupLineInterpolated($"{(replayed.Count == 1 ? "1 message." : $"{replayed.Count} messages.")}");
            if (replayed.Count > 0 && !parsed.GetValue(dryRun))
            {
                Output.People.MarkupLineInterpolated($"`isthmus message show {replayed[0].Id}` tells what becomes of it.");
            }

            return 0;
        });
        return command;
    }

    /// <summary>The numbers of the messages that were named; null where none was, and the options choose.</summary>
    /// <exception cref="RefusalException">A name stands for no message, or for more than one.</exception>
    private static async Task<long[]?> NamedAsync(MessageReader reader, string[]? named, CancellationToken cancellation)
    {
        var numbers = new List<long>();
        foreach (var name in named ?? [])
        {
            var found = await reader.NumbersAsync(name, cancellation);
            numbers.Add(found switch
            {
                [var one] => one,
                [] => throw Unknown(name),
                _ => throw new RefusalException(new Refusal(
                    "message.ambiguous", $"The control id {name} stands for messages {string.Join(", ", found)}: name the one that is meant by its number.",
                    FailureDomain.Client)),
            });
        }

        return numbers.Count > 0 ? [.. numbers] : null;
    }

    private static RefusalException Unknown(string asked) => new(new Refusal(
        "message.unknown", $"There is no message {asked}, by number or control id. `isthmus message list` shows the newest.", FailureDomain.Client));
}
