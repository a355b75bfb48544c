using Isthmus.Journeys.Tests.Evidence;
using Isthmus.Journeys.Tests.Running;
using Isthmus.Simulators.Lab;
using Isthmus.Testing;
using Npgsql;
using Xunit.Abstractions;

namespace Isthmus.Journeys.Tests;

/// <summary>Whatever goes wrong, what identifies a patient is seen by nobody who runs the site.</summary>
public sealed class CanaryJourney(ITestOutputHelper output)
{
    private const string FromNowOnRefuse = "ADD CONSTRAINT forced CHECK (false) NOT VALID";
    private const string AsBefore = "DROP CONSTRAINT forced";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Names_numbers_and_addresses_are_in_no_log_metric_or_table()
    {
        var chance = new Chance(output);
        var canaries = new Canaries(chance.Seed);
        await using var site = await Site.OpenAsync(chance.Seed, patients: 5);
        await RegisterAsync(site, canaries);
        var metrics = Path.Combine(site.DataFolder, "..", "metrics.nettrace");
        var node = await site.StartNodeAsync(RecordingMetrics(metrics));
        var client = await MllpClient.ConnectAsync("127.0.0.1", site.Port, new MllpOptions(), TimeProvider.System, CancellationToken.None);

        foreach (var (what, bytes) in canaries.Messages())
        {
            var answer = await client.SendAsync(bytes, CancellationToken.None);
            output.WriteLine($"{what}: {answer.Code} {answer.RuleId}");
            Assert.DoesNotContain(Canaries.Words, word => answer.Text?.Contains(word, StringComparison.OrdinalIgnoreCase) ?? false);
        }

        await PartnersMisbehaveAsync(site, canaries, client);
        await StoreRefusesAsync(site, node, canaries, client);
        await client.DisposeAsync();
        await new Progress(site).SettledAsync();
        output.WriteLine(await OutcomesAsync(site));

        // Whoever may open the codes that no table knows sees what was sent; that it is nowhere else is proved below.
        var waiting = await site.RunAsync("code", "list", "--json", "--reason", "a name stands where a code belongs");
        Assert.Contains(Canaries.Words, word => waiting.Contains(word, StringComparison.Ordinal));

        // They did travel: the EHR, whose they are, has them.
        var received = await site.Counterparts.ReceivedAsync(site.Counterparts.Ehr);
        Assert.Contains(canaries.Registered[0].Family, received, StringComparison.Ordinal);

        // The recording of the measurements is whole once the node has ended.
        await node.Process.TerminateAsync();
        Assert.Equal(0, await node.Process.EndAsync(Limit));
        var secrecy = new Secrecy(site);
        await secrecy.ProveAsync(metrics);
        output.WriteLine($"looked into {secrecy.Tables} tables and {secrecy.Bytes >> 20} MB of files");
    }

    /// <summary>The runtime writes every measurement with its labels to a file.</summary>
    private static Dictionary<string, string> RecordingMetrics(string file) => new(StringComparer.Ordinal)
    {
        ["ISTHMUS__log_level"] = "trace",
        ["DOTNET_EnableEventPipe"] = "1",
        ["DOTNET_EventPipeOutputPath"] = file,
        ["DOTNET_EventPipeConfig"] = "System.Diagnostics.Metrics:0x2:5:Metrics=Isthmus.Inbound\nIsthmus.Mediation\nIsthmus.Outbound\nIsthmus.Workflow\nIsthmus.Ledger",
    };

    private static async Task RegisterAsync(Site site, Canaries canaries)
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.ndjson");
        try
        {
            await using (var people = File.Create(file))
            {
                PatientFiles.WriteFhir(people, canaries.Registered, SyntheticPopulation.DefaultSystem);
            }

            await site.RunAsync("records", "load", file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Answers that make a delivery fail, be repeated, or be given up.</summary>
    private static async Task PartnersMisbehaveAsync(Site site, Canaries canaries, MllpClient client)
    {
        var progress = new Progress(site);
        foreach (var kind in (string[])["500", "429", "drop", "422"])
        {
            await progress.SettledAsync();
            await site.Counterparts.OrderFaultAsync(site.Counterparts.Ehr, kind, count: 1);
            await client.SendAsync(canaries.Of(canaries.Registered[0]), CancellationToken.None);
        }
    }

    /// <summary>Every kind of write fails once in PostgreSQL, whose errors quote the row.</summary>
    private static async Task StoreRefusesAsync(Site site, Node node, Canaries canaries, MllpClient client)
    {
        var progress = new Progress(site);
        await progress.SettledAsync();
        await using var store = await site.OpenStoreAsync();

        await ExecuteAsync(store, $"ALTER TABLE exchange.journal {FromNowOnRefuse}");
        var answer = await client.SendAsync(canaries.Of(canaries.Registered[0]), CancellationToken.None);
        Assert.Equal("AR", answer.Code);
        await ExecuteAsync(store, $"ALTER TABLE exchange.journal {AsBefore}");

        await ExecuteAsync(store, $"ALTER TABLE phi.pack {FromNowOnRefuse}");
        await client.SendAsync(canaries.Of(canaries.Registered[0]), CancellationToken.None);
        await Eventually.Within(Limit, "a batch fails", () => node.Process.Complaints.Contains(PostgresErrorCodes.CheckViolation, StringComparison.Ordinal));
        await ExecuteAsync(store, $"ALTER TABLE phi.pack {AsBefore}");
    }

    private static async Task ExecuteAsync(NpgsqlConnection store, string sql)
    {
        await using var command = new NpgsqlCommand(sql, store);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<string> OutcomesAsync(Site site)
    {
        await using var store = await site.OpenStoreAsync();
        await using var query = new NpgsqlCommand(
            "SELECT string_agg(format('%s %s', n, outcome), ', ') FROM (SELECT outcome, count(*) AS n FROM mediation.outcome GROUP BY outcome) AS o", store);
        return (string)(await query.ExecuteScalarAsync())!;
    }
}
