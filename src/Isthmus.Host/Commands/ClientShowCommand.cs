using System.CommandLine;
using System.Globalization;
using Isthmus.Exchange;
using Isthmus.Host.Running;
using Isthmus.Host.Terminal;
using Isthmus.Store.Connections;
using Isthmus.Trust.Access.Conduct;
using Isthmus.Trust.Clients;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;

namespace Isthmus.Host.Commands;

/// <summary><c>isthmus client show</c>: one client, what it did at the door, by cause, and the alerts on it.</summary>
internal static class ClientShowCommand
{
    private static readonly Refusal Ambiguous = new(
        "client.name-ambiguous", "Several clients are called so; name one of them by its id, as `isthmus client list` shows it.", FailureDomain.Client);

    public static Command Create()
    {
        var name = new Argument<string>("CLIENT") { Description = "Its id, or its name where only one has it." };
        var (tenant, json) = (Options.Tenant(), Options.Json());
        var command = new Command("show", "What a client is, what it did at the door within a day, and what was unusual.") { name, tenant, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var installation = await Installation.OpenAsync([ZoneRole.Operator], NullLoggerFactory.Instance, cancellation);
            var source = installation.Store.For(ZoneRole.Operator);
            var clients = await new ClientRegistry(source, TimeProvider.System).ListAsync(parsed.GetValue(tenant), cancellation);
            var client = Find(clients, parsed.GetRequiredValue(name));
            var conduct = await new ConductReport(source).OfAsync(client.Id, cancellation);
            if (parsed.GetValue(json))
            {
                Output.Json(new { client = ClientCommand.ViewOf(client), conduct });
            }
            else
            {
                Print(client, conduct);
            }

            return 0;
        });
        return command;
    }

    private static Client Find(IReadOnlyList<Client> clients, string asked) =>
        clients.FirstOrDefault(c => c.Id == asked) ?? clients.Where(c => c.Name == asked).ToList() switch
        {
            [var only] => only,
            [] => throw new RefusalException(ClientRules.Unknown),
            _ => throw new RefusalException(Ambiguous),
        };

    private static void Print(Client client, ClientConduct conduct)
    {
        Output.People.MarkupLineInterpolated($"[bold]{client.Id}[/] {client.Name} ({client.Owner}): {client.Purpose}");
        Output.People.MarkupLineInterpolated(
            $"{client.State.ToString().ToLowerInvariant()} for {client.Integration} until {client.Expires:yyyy-MM-dd}, scope {client.Scopes.ToString()}");
        Output.People.MarkupLineInterpolated($"{conduct.Tokens} tokens are good; the last was given {(conduct.LatestToken is { } at ? Time(at) : "long ago or never")}");
        var causes = new Table().Border(TableBorder.None).AddColumns("what it did", "last hour", "last day", "latest (UTC)");
        foreach (var row in conduct.Causes)
        {
            causes.AddRow(row.Cause, row.LastHour.ToString(CultureInfo.InvariantCulture), row.LastDay.ToString(CultureInfo.InvariantCulture), Time(row.Latest));
        }

        Output.Table(causes, "It was not seen at the door for a day.");
        var alerts = new Table().Border(TableBorder.None).AddColumns("alert", "cause", "times", "opened (UTC)", "last (UTC)", "closed (UTC)");
        foreach (var alert in conduct.Alerts)
        {
            alerts.AddRow(
                alert.Id.ToString(CultureInfo.InvariantCulture), alert.Cause, alert.Times.ToString(CultureInfo.InvariantCulture),
                Time(alert.Opened), Time(alert.Last), alert.Closed is { } closed ? Time(closed) : "open");
        }

        Output.Table(alerts, "Nothing about it was unusual.");
    }

    private static string Time(DateTime at) => at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
