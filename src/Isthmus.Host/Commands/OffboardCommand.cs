using System.CommandLine;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Governance.Snapshots;
using Isthmus.Host.Running;
using Isthmus.Host.Terminal;
using Isthmus.Store.Connections;
using Isthmus.Trust.Clients;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Spectre.Console;

namespace Isthmus.Host.Commands;

/// <summary><c>isthmus client offboard</c>: a partner leaves. Everything that lets it in is ended at once, and what is left to people is told.</summary>
internal static class OffboardCommand
{
    private const string Left =
        """
        SELECT 'deliveries', destination, count(*) FILTER (WHERE state IN ('p', 'h')), count(*) FILTER (WHERE state = 'k') FROM exchange.delivery
        WHERE tenant = $1 AND destination = ANY ($2) AND state IN ('p', 'h', 'k') GROUP BY 2
        UNION ALL
        SELECT 'messages', split_part(contract, '@', 1), count(*), 0 FROM exchange.delivery
        WHERE tenant = $1 AND split_part(contract, '@', 1) = ANY ($3) AND NOT destination = ANY ($2) AND state IN ('p', 'h') GROUP BY 2
        """;

    private static readonly Refusal PartnerUnknown = new(
        "client.partner-unknown",
        "No integration, owner of one, owner of a client or destination is called so. `isthmus client list` and the site's folder have the names.",
        FailureDomain.Client);

    public static Command Create()
    {
        var partner = new Argument<string>("PARTNER") { Description = "An integration, its business owner, the owner of clients, or a destination." };
        var more = new Option<string[]>("--destination") { Description = "A destination of the partner's, where its name is not the partner's; may be repeated." };
        var trial = new Option<bool>("--dry-run") { Description = "Say what would be done, and do nothing." };
        var (by, reason, tenant, json) = (Acting.As(), Acting.Reason(), Options.Tenant(), Options.Json());
        var command = new Command("offboard", "Take a partner out: integrations, clients, tokens and destinations, in one transaction.")
        {
            partner, more, trial, by, reason, tenant, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var installation = await Installation.OpenAsync([ZoneRole.Operator], NullLoggerFactory.Instance, cancellation);
            var source = installation.Store.For(ZoneRole.Operator);
            await using var watch = await SiteWatch.StartAsync(new SiteSnapshots(source), SiteOpening.EnvironmentVariables(), TimeProvider.System, cancellation);
            var site = watch.Current;
            var leaving = Find(site, parsed.GetValue(tenant), parsed.GetRequiredValue(partner), parsed.GetValue(more) ?? []);
            var isTrial = parsed.GetValue(trial);
            var steps = await new Offboarding(source).RunAsync(leaving, parsed.GetRequiredValue(by), parsed.GetRequiredValue(reason), isTrial, cancellation);
            if (steps.Count == 0)
            {
                throw new RefusalException(PartnerUnknown);
            }

            var remains = await RemainsAsync(source, site, leaving, steps, cancellation);
            if (parsed.GetValue(json))
            {
                Output.Json(new { partner = leaving.Name, dryRun = isTrial, changed = steps.Any(s => s.Changed), steps, remains });
            }
            else
            {
                Print(leaving.Name, isTrial, steps, remains);
            }

            return 0;
        });
        return command;
    }

    private static Leaving Find(SiteModel site, short tenant, string partner, string[] more)
    {
        string[] integrations =
        [
            .. site.ApiContracts.Where(c => c.Name == partner || c.Owners.Business == partner).Select(c => c.Name),
            .. site.Contracts.Where(c => c.Name == partner || c.Owners.Business == partner).Select(c => c.Name),
        ];
        string[] destinations = [.. more.Append(partner).Where(site.Destinations.ContainsKey).Distinct(StringComparer.Ordinal)];
        return more.All(site.Destinations.ContainsKey)
            ? new Leaving(tenant, partner, integrations, destinations)
            : throw new RefusalException(PartnerUnknown);
    }

    /// <summary>What is not undone by this, and for whom it is: sentences.</summary>
    private static async Task<IReadOnlyList<string>> RemainsAsync(
        NpgsqlDataSource source, SiteModel site, Leaving leaving, IReadOnlyList<OffboardingStep> steps, CancellationToken cancellation)
    {
        var left = new List<string>();
        await using (var command = source.CreateCommand(Left))
        {
            command.Parameters.AddWithValue(leaving.Tenant);
            command.Parameters.AddWithValue(leaving.Destinations.ToArray());
            command.Parameters.AddWithValue(leaving.Integrations.ToArray());
            await using var row = await command.ExecuteReaderAsync(cancellation);
            while (await row.ReadAsync(cancellation))
            {
                left.Add(row.GetString(0) == "deliveries"
                    ? $"{row.GetInt64(2)} deliveries to {row.GetString(1)} wait and {row.GetInt64(3)} were given up; they hold patient data until somebody decides on them (isthmus dead list --destination {row.GetString(1)})."
                    : $"{row.GetInt64(2)} deliveries of what {row.GetString(1)} sent are under way to others, and go on.");
            }
        }

        left.AddRange(leaving.Destinations.Select(d => site.Destinations[d]).Where(d => d.Key is not null)
            .Select(d => $"The secret {d.Key} of {d.Name} is still among the keys: withdraw it there, and at the partner."));
        left.AddRange(leaving.Integrations.Select(i => $"The contract {i} is still in the site: take it out, and `isthmus site apply`."));
        if (steps.Any(s => s is { What: "tokens-revoked", Times: > 0 }))
        {
            left.Add("Whoever verifies our tokens by the key set alone takes those that were revoked until they expire, 15 minutes at most.");
        }

        left.Add("What the partner was given is on record and stays there: isthmus audit search --kind partner.offboarded shows where that ends.");
        return left;
    }

    private static void Print(string partner, bool isTrial, IReadOnlyList<OffboardingStep> steps, IReadOnlyList<string> remains)
    {
        Output.People.MarkupLineInterpolated($"{(isTrial ? "Would be done" : "Done")} to off-board {partner}:");
        foreach (var step in steps.Where(s => s.Changed || s.What is "integration-off" or "destination-off" or "client-revoked"))
        {
            Output.People.MarkupLineInterpolated($"  {Sentence(step)}{(step.Changed ? "" : " (it was so already)")}");
        }

        Output.People.MarkupLineInterpolated($"What remains:");
        foreach (var sentence in remains)
        {
            Output.People.MarkupLineInterpolated($"  {sentence}");
        }
    }

    private static string Sentence(OffboardingStep step) => step.What switch
    {
        "integration-off" => $"integration {step.Target} switched off",
        "destination-off" => $"destination {step.Target} switched off, deliveries to it wait",
        "client-revoked" => $"client {step.Target} revoked, and its keys with it",
        "tokens-revoked" => $"{step.Times} tokens of {step.Target} revoked",
        _ => $"{step.Times} answers that were kept for repeats of {step.Target} dropped",
    };
}
