using System.CommandLine;
using System.Globalization;
using Isthmus.Host.Codes;
using Isthmus.Host.Running;
using Isthmus.Host.Terminal;
using Isthmus.Mediation.Codes;
using Isthmus.Records.Keys;
using Isthmus.Records.Read;
using Isthmus.Store.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;

namespace Isthmus.Host.Commands;

/// <summary>
/// <c>isthmus code list|show|resolve</c>: codes that sources send and no table knows, and giving them a meaning. What a sender wrote where
/// a code belongs may be patient data: opening it needs the record key, and is in the ledger with who did and why.
/// </summary>
internal static class CodeCommand
{
    /// <summary>v3 PurposeOfUse: health system administration.</summary>
    private const string Purpose = "HSYSADMIN";

    public static Command Create() => new("code", "See to codes that no table of the site knows.") { List(), Show(), Resolve() };

    private static Command List()
    {
        var source = new Option<string?>("--source") { Description = "Only those of this source." };
        var all = new Option<bool>("--all") { Description = "Those with a proposed meaning, too." };
        var (reason, limit, site, json) = (Reason(), Options.Limit(), Options.Site(), Options.Json());
        var command = new Command("list", "The codes that wait for a meaning, the most frequent first. They are opened, which the ledger keeps.")
        {
            source, all, reason, limit, site, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var opened = await OpenAsync(parsed.GetRequiredValue(site), cancellation);
            var codes = await opened.Queue.ListAsync(
                parsed.GetValue(source), parsed.GetValue(all), parsed.GetValue(limit), For(parsed.GetRequiredValue(reason)), cancellation);
            if (parsed.GetValue(json))
            {
                Output.Json(codes);
                return 0;
            }

            var table = new Table().AddColumns("code", "source", "field", "sent as", "display", "table", "seen", "last (UTC)", "state");
            foreach (var code in codes)
            {
                table.AddRow(
                    new Text(code.Id.ToString(CultureInfo.InvariantCulture)), new Text(code.Source), new Text(code.Field), new Text(SentAs(code)),
                    new Text(code.Display), new Text(code.Table), new Text(code.Seen.ToString(CultureInfo.InvariantCulture)),
                    new Text(code.LastSeen.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)),
                    new Text(code.Target is null ? code.State : $"{code.State}: {code.Target}"));
            }

            Output.Table(table, "No code waits for a meaning.");
            return 0;
        });
        return command;
    }

    private static Command Show()
    {
        var (id, reason, site, json) = (Number(), Reason(), Options.Site(), Options.Json());
        var command = new Command("show", "One code: where it stands, how often it came, and in which messages. It is opened, which the ledger keeps.")
        {
            id, reason, site, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var opened = await OpenAsync(parsed.GetRequiredValue(site), cancellation);
            if (await opened.Queue.FindAsync(parsed.GetValue(id), For(parsed.GetRequiredValue(reason)), cancellation) is not { } code)
            {
                return Unknown(parsed.GetValue(id));
            }

            if (parsed.GetValue(json))
            {
                Output.Json(code);
                return 0;
            }

            Output.People.MarkupLineInterpolated($"[bold]{SentAs(code)}[/]  {code.Display}  at {code.Field} of {code.Source}: {code.State}{(code.Target is null ? "" : $", {code.Target} by {code.ProposedBy}")}");
            Output.People.MarkupLineInterpolated($"    in no row of table {code.Table} ({code.Kind})");
            Output.People.MarkupLineInterpolated($"    seen {code.Seen} times from {code.FirstSeen.UtcDateTime:yyyy-MM-dd HH:mm} to {code.LastSeen.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
            Output.People.MarkupLineInterpolated($"    first in messages {string.Join(", ", code.Messages)}");
            return 0;
        });
        return command;
    }

    private static Command Resolve()
    {
        var id = Number();
        var to = new Option<string>("--to") { Description = "The standard code that is meant; for a unit its UCUM code.", Required = true };
        var system = new Option<string>("--system") { Description = "The standard's system.", DefaultValueFactory = _ => "http://loinc.org" };
        var display = new Option<string>("--display") { Description = "What the standard calls it.", DefaultValueFactory = _ => string.Empty };
        var (site, json) = (Options.Site(), Options.Json());
        var command = new Command("resolve", "Write a code that you have looked at, and its meaning, into the site's tables, in clear, to be reviewed and applied.") { id, to, system, display, site, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var folder = parsed.GetRequiredValue(site);
            await using var opened = await OpenAsync(folder, cancellation);
            if (await opened.Queue.FindAsync(parsed.GetValue(id), For("to give it a meaning"), cancellation) is not { } code)
            {
                return Unknown(parsed.GetValue(id));
            }

            if (code.Code.Length == 0)
            {
                Complaint.Print("code.not-a-code: what stands there is no code; have the source send one, or read the messages.");
                return 1;
            }

            var (file, row) = new CodeProposal(code, parsed.GetRequiredValue(to), parsed.GetRequiredValue(system), parsed.GetRequiredValue(display)).WriteTo(folder);
            await opened.Queue.ProposeAsync(code.Id, parsed.GetRequiredValue(to), Environment.UserName, cancellation);
            string[] next = [$"isthmus site check {folder}", $"isthmus site apply {folder}", $"isthmus message replay --current {string.Join(' ', code.Messages)}"];
            if (parsed.GetValue(json))
            {
                Output.Json(new { code.Id, file = file.FullName, row, next });
                return 0;
            }

            Output.People.MarkupLineInterpolated($"{file.FullName}: {row}");
            Output.People.MarkupLine("Then:");
            foreach (var step in next)
            {
                Output.People.MarkupLineInterpolated($"    {step}");
            }

            return 0;
        });
        return command;
    }

    private static Argument<long> Number() => new("id") { Description = "The code's number in the list." };

    private static string SentAs(WaitingCode code) =>
        code.Code.Length == 0 ? "(no code)"
        : $"{code.Code}{(code.System.Length == 0 ? "" : $" ({code.System})")}{(code.Unit.Length == 0 ? "" : $" in {code.Unit}")}";

    private static int Unknown(long id)
    {
        Complaint.Print($"code.unknown: there is no code {id} in the queue.");
        return 1;
    }

    private static Option<string> Reason() =>
        new("--reason") { Description = "Why they are opened; the ledger keeps it with who opened them.", Required = true };

    private static ReadAuthority For(string reason) => new(Environment.UserName, Purpose, reason);

    private static async Task<OpenedQueue> OpenAsync(DirectoryInfo folder, CancellationToken cancellation)
    {
        var site = SiteOpening.Load(folder);
        var installation = await Installation.OpenAsync([ZoneRole.Mediation], NullLoggerFactory.Instance, cancellation);
        try
        {
            installation.UseKeysOf(site);
            var source = installation.Store.For(ZoneRole.Mediation);
            var keys = await TenantKeys.LoadAsync(source, installation.Keys, site.Keys.Records, site.Tenant.Id, cancellation);
            return new OpenedQueue(installation, new UnmappedCodeQueue(source, keys));
        }
        catch
        {
            await installation.DisposeAsync();
            throw;
        }
    }

    private sealed record OpenedQueue(Installation Installation, UnmappedCodeQueue Queue) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Installation.DisposeAsync();
    }
}
