using System.CommandLine;
using System.Globalization;
using Isthmus.Host.Messages;
using Isthmus.Host.Running;
using Isthmus.Host.Terminal;
using Isthmus.Store.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;

namespace Isthmus.Host.Commands;

/// <summary><c>isthmus message list|show</c>: where a message is, and why.</summary>
internal static class MessageCommand
{
    private static readonly string[] Outcomes = ["in-progress", "delivered", "waiting-for-human", "quarantined", "refused"];

    public static Command Create() => new("message", "Find messages and see what became of them.") { List(), Show() };

    private static Command List()
    {
        var outcome = new Option<string?>("--outcome") { Description = $"Only those with this outcome: {string.Join(", ", Outcomes)}." };
        outcome.AcceptOnlyFromAmong(Outcomes);
        var limit = new Option<int>("--limit") { Description = "At most this many, newest first.", DefaultValueFactory = _ => 20 };
        var json = Options.Json();
        var command = new Command("list", "The newest messages.") { outcome, limit, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var installation = await Installation.OpenAsync([ZoneRole.Operator], NullLoggerFactory.Instance, cancellation);
            var messages = await new MessageReader(installation.Store).NewestAsync(parsed.GetValue(outcome), parsed.GetValue(limit), cancellation);
            if (parsed.GetValue(json))
            {
                Output.Json(messages);
                return 0;
            }

            var table = new Table().AddColumns("message", "control id", "source", "received", "outcome", "deliveries", "findings");
            foreach (var m in messages)
            {
                table.AddRow(
                    new Text(m.Id.ToString(CultureInfo.InvariantCulture)), new Text(m.ControlId), new Text(m.Source),
                    new Text(m.Received.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)), MessagePage.Colour(m.Outcome),
                    new Text(string.Join(", ", m.Deliveries.Select(d => $"{d.Destination} {d.Status}"))),
                    new Text(string.Join(", ", m.Findings.Select(f => f.Rule).Distinct())));
            }

            Output.People.Write(table);
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
                Complaint.Print($"message.unknown: there is no message {asked}, by number or control id.");
                return 1;
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
}
