using System.CommandLine;
using System.Globalization;
using Isthmus.Exchange;
using Isthmus.Host.Messages;
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
        var message = new Option<string?>("--message") { Description = "Everything about this message, by its number or control id." };
        var patient = Options.Patient("Everything about this person, by the pseudonymous key.");
        var actor = new Option<string?>("--actor") { Description = "What this zone, service or person did." };
        var kind = new Option<string?>("--kind") { Description = "Events of this kind, such as consent.decided." };
        var since = Options.Time("--since", "Events from then on");
        var limit = Options.Limit();
        var command = new Command("search", "Show events in business words, the newest first.")
        {
            tenant, message, patient, actor, kind, since, limit, json,
        };
        command.SetAction(async (parse, cancel) =>
        {
            await using var installation = await Installation.OpenAsync([ZoneRole.Operator], NullLoggerFactory.Instance, cancel);
            var ledger = new LedgerSearch(installation.Store.For(ZoneRole.Operator));
            var query = new LedgerQuery(
                parse.GetValue(tenant), null, parse.GetValue(patient) is { } person ? new PersonId(person) : null,
                parse.GetValue(actor), parse.GetValue(kind), parse.GetValue(since), parse.GetValue(limit));
            var found = parse.GetValue(message) is { } asked
                ? await OfMessageAsync(ledger, query, await MeantAsync(installation, asked, cancel), cancel)
                : await ledger.FindAsync(query, cancel);
            if (parse.GetValue(json))
            {
                Output.Json(found);
            }
            else
            {
                Show(found, found.Count == 0 && query.Kind is not null && await ledger.KindsAsync(cancel) is { Count: > 0 } kinds
                    ? $"No event fits. Kinds that there are: {string.Join(", ", kinds)}."
                    : "No event fits.");
            }

            return 0;
        });
        return command;
    }

    /// <summary>The messages meant; of one that is no longer in the journal the ledger knows the number all the same.</summary>
    private static async Task<IReadOnlyList<long>> MeantAsync(Installation installation, string asked, CancellationToken cancel) =>
        await new MessageReader(installation.Store).NumbersAsync(asked, cancel) is { Count: > 0 } numbers
            ? numbers
            : long.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out var gone) ? [gone] : [];

    private static async Task<IReadOnlyList<LedgerRecord>> OfMessageAsync(
        LedgerSearch ledger, LedgerQuery query, IReadOnlyList<long> messages, CancellationToken cancel)
    {
        var found = new List<LedgerRecord>();
        foreach (var message in messages)
        {
            found.AddRange(await ledger.FindAsync(query with { MessageId = message }, cancel));
        }

        return [.. found.OrderByDescending(one => one.Seq).Take(query.Limit)];
    }

    private static void Show(IReadOnlyList<LedgerRecord> found, string whenEmpty)
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

        Output.Table(table, whenEmpty);
    }
}
