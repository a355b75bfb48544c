using System.Globalization;
using Spectre.Console;

namespace Isthmus.Host.Messages;

/// <summary>One message on one page.</summary>
internal static class MessagePage
{
    /// <summary>Of one finding; <c>--json</c> has them all.</summary>
    private const int MostPlaces = 12;

    public static void Write(IAnsiConsole console, MessageView message)
    {
        console.MarkupInterpolated($"[bold]Message {message.Id}[/]  control id {message.ControlId}  from {message.Source}  ");
        console.Write(Colour(message.Outcome));
        console.WriteLine();
        console.MarkupLineInterpolated($"received {message.Received.UtcDateTime:yyyy-MM-dd HH:mm:ss.fff} UTC, {message.Size} bytes, person {message.Patient ?? "not identified"}");
        if (message.HandedIn is { } by)
        {
            console.MarkupLineInterpolated($"handed in by client {by.Client} with token {by.Token}");
        }

        console.MarkupLineInterpolated($"{message.Contract}, site {message.SiteVersion}, maps {message.MapsVersion}, attempts {message.Attempts}");

        Rows(console, "Steps", ["step", "outcome", "ms", "decided by", "rules"], message.Steps.Select(s => new[]
        {
            s.Name, s.Outcome, s.Ms.ToString("0.00", CultureInfo.InvariantCulture), s.Version, string.Join(' ', s.Rules),
        }));
        Rows(console, "Findings", ["rule", "severity", "where", "what helps"],
            message.Findings.GroupBy(f => (f.Rule, f.Severity, f.Text)).Select(g => new[] { g.Key.Rule, g.Key.Severity, Places([.. g]), g.Key.Text }));
        Rows(console, "Decisions and deliveries", ["destination", "purpose", "decision", "reason", "delivery", "attempts", "last failure"],
            message.Decisions.Zip(message.Deliveries, (d, s) => new[]
            {
                d.Destination, d.Purpose, d.Effect, $"{d.Reason} ({d.PolicyVersion})", Standing(s), s.Attempts.ToString(CultureInfo.InvariantCulture), s.Rule ?? "",
            }));
        Tasks(console, message.Tasks);
        if (message.Answer is { } answer)
        {
            console.MarkupLineInterpolated($"Application acknowledgement {answer.Code} over {answer.Destination}: {answer.Status}, attempts {answer.Attempts}");
        }

        if (message.Resources.Count > 0)
        {
            console.MarkupLineInterpolated($"Resources: {string.Join(", ", message.Resources.GroupBy(r => r.Type).Select(g => $"{g.Key} × {g.Count()}"))}");
        }
    }

    /// <summary>The tasks of one or more messages, with what people need to act in time.</summary>
    public static void Tasks(IAnsiConsole console, IEnumerable<TaskLine> tasks) =>
        Rows(console, "Tasks", ["task", "title", "state", "pool", "due (UTC)", "escalates (UTC)"], tasks.Select(t => new[]
        {
            t.Id.ToString(CultureInfo.InvariantCulture), t.Title, t.State, t.Pool, Shown(t.Due), Shown(t.EscalateAt),
        }));

    public static Markup Colour(string outcome) => new(outcome switch
    {
        "delivered" => $"[green]{outcome}[/]",
        "in-progress" => $"[yellow]{outcome}[/]",
        _ => $"[red]{outcome}[/]",
    });

    /// <summary>One rule often finds the same at many places: it is told once, with the places.</summary>
    private static string Places(IReadOnlyList<FindingView> findings) => string.Join(", ", findings.Take(MostPlaces).Select(f => f.Location))
        + (findings.Count > MostPlaces ? $" and {findings.Count - MostPlaces} more" : "");

    private static string Standing(DeliveryView delivery) => delivery.NextAttempt is { } next
        ? string.Create(CultureInfo.InvariantCulture, $"{delivery.Status}, again at {next.UtcDateTime:HH:mm:ss} UTC")
        : delivery.Status;

    private static string Shown(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "";

    private static void Rows(IAnsiConsole console, string title, string[] columns, IEnumerable<string[]> rows)
    {
        var table = new Table().Title(title).AddColumns(columns);
        foreach (var row in rows)
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        if (table.Rows.Count > 0)
        {
            console.Write(table);
        }
    }
}
