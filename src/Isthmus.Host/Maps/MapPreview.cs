using System.CommandLine;
using Isthmus.Governance.Snapshots;
using Isthmus.Host.Running;
using Isthmus.Host.Terminal;
using Isthmus.Mediation.Preview;
using Isthmus.Store.Connections;
using Isthmus.Trust.Keys;
using Isthmus.Trust.Keys.Sealing;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;

namespace Isthmus.Host.Maps;

/// <summary>
/// <c>isthmus map preview</c>: a changed site folder tried on messages of the journal beside the site in force, without deploying it.
/// Opening a message needs Mediation's key and a reason, and is in the ledger; values are masked unless asked for.
/// </summary>
internal static class MapPreview
{
    public static Command Create(Option<DirectoryInfo> site, Option<bool> json)
    {
        var last = new Option<int>("--last") { Description = "The newest so many messages.", DefaultValueFactory = _ => 20 };
        var ids = new Option<long[]>("--message") { Description = "These messages instead; may be given several times.", AllowMultipleArgumentsPerToken = true };
        var source = new Option<string?>("--source") { Description = "Only of this source." };
        var reason = new Option<string>("--reason") { Description = "Why stored messages are opened; the ledger keeps it with who opened them.", Required = true };
        var values = new Option<bool>("--show-values") { Description = "Show what the elements hold. It is patient data." };
        var command = new Command("preview", "Try a changed site folder on past messages beside the site in force; nothing is deployed.")
        {
            site, last, ids, source, reason, values, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var candidate = SiteOpening.Load(parsed.GetRequiredValue(site));
            await using var installation = await Installation.OpenAsync([ZoneRole.Mediation], NullLoggerFactory.Instance, cancellation);
            installation.UseKeysOf(candidate);
            await using var watch = await SiteWatch.StartAsync(
                new SiteSnapshots(installation.Store.For(ZoneRole.Operator)), SiteOpening.EnvironmentVariables(), TimeProvider.System, cancellation);
            if (SitePreview.Of(watch.Current) is not { } before || SitePreview.Of(candidate) is not { } after)
            {
                Complaint.Print("map.preview-unloadable: the maps of the site in force or of the folder do not load; see isthmus map check.");
                return 1;
            }

            var mediation = installation.Store.For(ZoneRole.Mediation);
            using var opener = new Opener(mediation, installation.Keys, SealedTo.Mediation);
            var messages = await new PastMessages(mediation, opener).OpenAsync(
                new PastChoice(parsed.GetValue(ids) ?? [], parsed.GetValue(source), parsed.GetValue(last)),
                Environment.UserName, parsed.GetRequiredValue(reason), cancellation);
            (PastMessage Message, Previewed After)[] tried = [.. messages.Select(m => (m, after.Try(m)))];
            PreviewDifference[] differences =
                [.. tried.Select(t => PreviewDifference.Between(t.Message, before.Try(t.Message), t.After, parsed.GetValue(values)))];
            var held = HeldField.Of(tried.Select(t => (t.Message.Source, t.After)));
            if (parsed.GetValue(json))
            {
                Output.Json(new { current = before.Version, candidate = after.Version, tried = messages.Count, held, messages = differences.Where(d => !d.IsEmpty) });
            }
            else
            {
                Print(differences, before.Version, after.Version, parsed.GetValue(values));
                foreach (var source in held.GroupBy(h => h.Source))
                {
                    Output.People.MarkupLineInterpolated(
                        $"The contract of {source.Key} holds back, so that no map reads it: {string.Join(", ", source.Select(h => $"{h.Field} ({h.Messages})"))}.");
                }
            }

            return messages.Count > 0 ? 0 : 1;
        });
        return command;
    }

    private static void Print(PreviewDifference[] differences, string current, string candidate, bool values)
    {
        foreach (var message in differences.Where(d => !d.IsEmpty))
        {
            Output.People.MarkupLineInterpolated($"[bold]message {message.Message}[/] of {message.Source}");
            if (message.StoppedBefore != message.StoppedAfter)
            {
                Output.People.MarkupLineInterpolated($"    {message.StoppedBefore ?? "went on"} -> {message.StoppedAfter ?? "goes on"}");
            }

            var table = new Table().Border(TableBorder.None).AddColumns("", "element", "now made by", "would be made by");
            if (values)
            {
                table.AddColumns("now", "would be");
            }

            foreach (var change in message.Elements)
            {
                string[] cells = [change.Change, change.Element, change.RuleBefore ?? "-", change.RuleAfter ?? "-"];
                table.AddRow([.. (values ? [.. cells, change.Before ?? "-", change.After ?? "-"] : cells).Select(c => new Text(c))]);
            }

            if (message.Elements.Count > 0)
            {
                Output.People.Write(table);
            }

            Lines("no longer found", message.FindingsGone);
            Lines("newly found", message.FindingsNew);
            Lines("now read", message.UnreadGone);
            Lines("no longer read", message.UnreadNew);
        }

        Output.People.MarkupLineInterpolated(
            $"{differences.Length} messages tried, {differences.Count(d => !d.IsEmpty)} differ: site {current} in force, {candidate} in the folder.");
    }

    private static void Lines(string title, IReadOnlyList<string> what)
    {
        foreach (var line in what)
        {
            Output.People.MarkupLineInterpolated($"    {title}: {line}");
        }
    }
}
