using System.Text.Json;
using Isthmus.Host.Running;
using Isthmus.Store.Connections;
using Isthmus.Testing;

namespace Isthmus.Host.Tests.Commands;

/// <summary>Dead letters as an operator works them: the command line as a process, on rows in a real store.</summary>
public sealed class DeadCommandTests : IAsyncLifetime
{
    private TestStore store = null!;

    public async Task InitializeAsync()
    {
        store = await TestStore.CreateAsync([.. Modules.WithMigrations]);
        await BuryAsync(message: 11, "ehr", "delivery.business-rule");
        await BuryAsync(message: 12, "ehr", "delivery.application");
        await BuryAsync(message: 13, "registry", "delivery.application");
    }

    public async Task DisposeAsync() => await store.DisposeAsync();

    [Fact]
    public async Task Dead_letters_are_listed_and_replayed_by_destination_and_rule_after_a_dry_run()
    {
        var (_, listed) = await RunAsync("dead", "list", "--destination", "ehr", "--json");
        Assert.Equal([12L, 11L], JsonDocument.Parse(listed).RootElement.EnumerateArray().Select(letter => letter.GetProperty("messageId").GetInt64()));

        var (_, dry) = await RunAsync("dead", "replay", "--rule", "delivery.application", "--dry-run", "--json");
        Assert.Equal(2, JsonDocument.Parse(dry).RootElement.GetProperty("deliveries").GetArrayLength());
        Assert.Equal(0, await PendingAsync());

        await RunAsync("dead", "replay", "--rule", "delivery.application", "--destination", "registry", "--as", "ada");
        Assert.Equal(1, await PendingAsync());
    }

    [Fact]
    public async Task Which_to_replay_must_be_said()
    {
        var (code, _) = await RunAsync("dead", "replay");

        Assert.NotEqual(0, code);
        Assert.Equal(0, await PendingAsync());
    }

    private async Task<int> PendingAsync()
    {
        await using var command = store.For(ZoneRole.Operator).CreateCommand("SELECT count(*)::int FROM exchange.delivery WHERE state = 'p'");
        return (int)(await command.ExecuteScalarAsync())!;
    }

    private Task BuryAsync(long message, string destination, string rule) => store.ExecuteAsOwnerAsync(
        $$"""
        WITH dead AS (
            INSERT INTO exchange.delivery (message_id, no, person, tenant, partition, state, destination, purpose, contract, site_version,
                effect, reason, policy_version, rule, payload)
            VALUES ({{message}}, 1, gen_random_uuid(), 1, 0, 'k', '{{destination}}', 'TREAT', 'lab-results@1.0.0', 'v', 'p', 'consent.none-required',
                'us-hipaa@1.0.0', '{{rule}}', '\x00')
            RETURNING id, person, no)
        INSERT INTO outbound.dead_letter (delivery_id, person, no, status, destination, rule, resources)
        SELECT id, person, no, 422, '{{destination}}', '{{rule}}', '{}' FROM dead
        """);

    private async Task<(int Code, string Answer)> RunAsync(params string[] arguments)
    {
        var (code, answer, _) = await CommandProcess.RunAsync(store, store.Credentials.Folder, arguments);
        return (code, answer);
    }
}
