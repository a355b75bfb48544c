using System.CommandLine;
using System.Globalization;
using Isthmus.Host.Running;
using Isthmus.Host.Terminal;
using Isthmus.Store.Connections;
using Isthmus.Trust.Access.Quotas;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;

namespace Isthmus.Host.Commands;

/// <summary><c>isthmus quota show</c>: what clients have left of their quotas.</summary>
internal static class QuotaCommand
{
    public static Command Create() => new("quota", "Look at the quotas of API clients.") { Show() };

    private static Command Show()
    {
        var client = new Option<string?>("--client") { Description = "Only this client's." };
        var (tenant, limit, json) = (Options.Tenant(), Options.Limit(), Options.Json());
        var command = new Command("show", "What is left in each bucket that was drawn on lately; those that refused last come first.") { client, tenant, limit, json };
        command.SetAction(async (parse, cancel) =>
        {
            await using var installation = await Installation.OpenAsync([ZoneRole.Operator], NullLoggerFactory.Instance, cancel);
            var uses = await new QuotaReport(installation.Store.For(ZoneRole.Operator)).ListAsync(
                parse.GetValue(tenant), parse.GetValue(client), parse.GetValue(limit), cancel);
            if (parse.GetValue(json))
            {
                Output.Json(uses);
            }
            else
            {
                Print(uses);
            }

            return 0;
        });
        return command;
    }

    private static void Print(IReadOnlyList<QuotaUse> uses)
    {
        var table = new Table().Border(TableBorder.None).AddColumns("client", "route", "resource", "traffic", "left", "of", "per second", "share", "last refused (UTC)");
        foreach (var use in uses)
        {
            table.AddRow(
                Markup.Escape(use.Client), Markup.Escape(use.Route), Markup.Escape(use.Resource), use.Traffic, Number(use.Remaining), Number(use.Burst),
                use.PerSecond.ToString("0.##", CultureInfo.InvariantCulture), use.Share.ToString("0 %", CultureInfo.InvariantCulture),
                use.LastRefused?.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "");
        }

        Output.Table(table, "No client has drawn on its quota lately.");
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
