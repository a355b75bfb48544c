using System.CommandLine;
using System.Globalization;
using Isthmus.Exchange;
using Isthmus.Host.Running;
using Isthmus.Host.Terminal;
using Isthmus.Store.Connections;
using Isthmus.Trust.Ledger;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;

namespace Isthmus.Host.Commands;

/// <summary><c>isthmus audit verify|search</c>: whether the ledger still holds, and what it says.</summary>
internal static class AuditCommand
{
    public static Command Create() => new("audit", "Verify and search the ledger of business events.")
    {
        Verify(),
        Search(),
    };

    private static Command Verify()
    {
        var tenant = Options.Tenant();
        var json = Options.Json();
        var anchor = new Option<LedgerHead?>("--anchor")
        {
            Description = "A head SEQ:HASH noted earlier outside this database; it tells a chain that was rewritten as a whole from this one.",
            CustomParser = result =>
            {
                var head = LedgerHead.Parse(result.Tokens[0].Value);
                if (head is null)
                {
                    result.AddError("An anchor is SEQ:HASH as `audit verify` prints its head: a number, a colon and 64 hex digits.");
                }

                return head;
            },
        };
        var command = new Command("verify", "Recompute the chain of hashes and find the first event that was changed, removed or moved.") { tenant, anchor, json };
        command.SetAction(async (parse, cancel) =>
        {
            await using var installation = await Installation.OpenAsync([ZoneRole.Operator], NullLoggerFactory.Instance, cancel);
            var verdict = await new LedgerVerifier(installation.Store.For(ZoneRole.Operator))
                .VerifyAsync(parse.GetValue(tenant), parse.GetValue(anchor), cancel);
            if (parse.GetValue(json))
            {
                Output.Json(verdict);
            }
            else
            {
                Show(verdict);
            }

            return verdict.Verified ? 0 : 1;
        });
        return command;
    }

    private static void Show(LedgerVerdict verdict)
    {
        if (verdict.Fault is { } fault)
        {
            Output.People.MarkupLineInterpolated($"[red]broken at event {fault.Seq}[/]: {fault.Text} [[{fault.Rule}]]");
            Output.People.MarkupLineInterpolated($"{verdict.Events} events before it hold.");
            return;
        }

        Output.People.MarkupLineInterpolated($"[green]verified[/]  {verdict.Events} events");
        Output.People.WriteLine($"head {verdict.Head}");
        if (verdict.Waiting > 0)
        {
            Output.People.WriteLine($"{verdict.Waiting} effects wait for a place in the chain");
        }
    }

    private static Command Search()
    {
        var tenant = Options.Tenant();
        var json = Options.Json();
        var message = new Option<long?>("--message") { Description = "Everything about this message." };
        var patient = new Option<Guid?>("--patient") { Description = "Everything about this person, by the pseudonymous key." };
        var actor = new Option<string?>("--actor") { Description = "What this zone, service or person did." };
        var kind = new Option<string?>("--kind") { Description = "Events of this kind, such as consent.decided." };
        var since = new Option<DateTimeOffset?>("--since") { Description = "Events from this time on, such as 2026-11-20T08:00:00Z." };
        var limit = Options.Limit();
        var command = new Command("search", "Show events in business words, the newest first.")
        {
            tenant, message, patient, actor, kind, since, limit, json,
        };
        command.SetAction(async (parse, cancel) =>
        {
            await using var installation = await Installation.OpenAsync([ZoneRole.Operator], NullLoggerFactory.Instance, cancel);
            var found = await new LedgerSearch(installation.Store.For(ZoneRole.Operator)).FindAsync(
                new LedgerQuery(
                    parse.GetValue(tenant), parse.GetValue(message), parse.GetValue(patient) is { } person ? new PersonId(person) : null,
                    parse.GetValue(actor), parse.GetValue(kind), parse.GetValue(since), parse.GetValue(limit)),
                cancel);
            if (parse.GetValue(json))
            {
                Output.Json(found);
            }
            else
            {
                Show(found);
            }

            return 0;
        });
        return command;
    }

    private static void Show(IReadOnlyList<LedgerRecord> found)
    {
        var table = new Table().Border(TableBorder.None).AddColumns("event", "at (UTC)", "actor", "message", "what happened");
        foreach (var one in found)
        {
            table.AddRow(
                one.Seq.ToString(CultureInfo.InvariantCulture),
                one.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture),
                Markup.Escape(one.Actor),
                one.MessageId?.ToString(CultureInfo.InvariantCulture) ?? "",
                Markup.Escape(one.Sentence));
        }

        Output.People.Write(table);
    }
}
