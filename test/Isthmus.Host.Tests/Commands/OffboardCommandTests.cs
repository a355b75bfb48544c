using System.Text.Json;
using Isthmus.Host.Running;
using Isthmus.Testing;
using Npgsql;

namespace Isthmus.Host.Tests.Commands;

/// <summary>A partner leaves: one command ends all that lets it in, says so, and can be given twice.</summary>
public sealed class OffboardCommandTests : IAsyncLifetime
{
    private readonly string keys = Scratch.NewFolder("keys").FullName;
    private TestStore store = null!;

    public async Task InitializeAsync()
    {
        store = await TestStore.CreateAsync([.. Modules.WithMigrations]);
        await AnswerAsync("site", "apply", Repository.PathOf("site", "demo"), "--json");
        foreach (var (id, integration, owner) in new[] { ("app-1", "patient-app", "Nephrology"), ("app-2", "patient-app", "Nephrology"), ("other-1", "other-app", "Cardiology") })
        {
            await store.ExecuteAsOwnerAsync(
                $"SELECT access.register_client('{id}', 1::smallint, '{id}', '{integration}', 'demo', 'Shows results.', '{owner}', now() + interval '90 days', 'system/Patient.rs', 'interactive', NULL, NULL, NULL, ARRAY['ES384'], '{new string('c', 43)}', NULL, false, 'anna'); "
                + $"SELECT access.approve_client('{id}', 'ben', 'looked at'); "
                + $"SELECT tokens.issue(1::smallint, ARRAY[gen_random_uuid()], ARRAY[now()], ARRAY[gen_random_uuid()], ARRAY[now()], ARRAY[now() + interval '5 minutes'], ARRAY['{id}'], ARRAY['system/Patient.rs'], ARRAY['k'], ARRAY['{{}}'])");
        }

        await store.ExecuteAsOwnerAsync(
            "INSERT INTO access.idempotency (began, until, expires, attempt, tenant, client, key, content) VALUES (now(), now(), now(), 1, 1, 'app-1', sha256('k'), sha256('c'))");
    }

    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        Directory.Delete(keys, recursive: true);
    }

    [Fact]
    public async Task Everything_of_a_partner_ends_at_once_and_a_second_time_finds_it_done()
    {
        var first = await AnswerAsync("client", "offboard", "patient-app", "--destination", "registry", "--reason", "agreement ended", "--as", "nora", "--json");

        Assert.Equal(
            [
                "integration-off patient-app", "destination-off registry", "client-revoked app-1", "tokens-revoked app-1", "answers-dropped app-1",
                "client-revoked app-2", "tokens-revoked app-2",
            ],
            Changed(first));
        Assert.Contains(first.GetProperty("remains").EnumerateArray(), r => r.GetString()!.Contains("registry-webhook", StringComparison.Ordinal));
        Assert.Equal(2L, await ScalarAsync("SELECT count(*) FROM tokens.revoked"));
        Assert.Equal(1L, await ScalarAsync("SELECT count(*) FROM access.client WHERE state = 'approved'"));
        Assert.Equal(0L, await ScalarAsync("SELECT count(*) FROM access.idempotency"));
        Assert.Equal(1L, await OffboardingsAsync());

        var again = await AnswerAsync("client", "offboard", "patient-app", "--destination", "registry", "--reason", "agreement ended", "--as", "nora", "--json");
        Assert.Empty(Changed(again));
        Assert.Equal(1L, await OffboardingsAsync());
    }

    [Fact]
    public async Task A_dry_run_says_what_would_be_done_and_does_nothing()
    {
        var said = await AnswerAsync("client", "offboard", "patient-app", "--reason", "agreement ended", "--dry-run", "--json");

        Assert.Contains("client-revoked app-2", Changed(said));
        Assert.Equal(0L, await ScalarAsync("SELECT count(*) FROM access.switch"));
        Assert.Equal(3L, await ScalarAsync("SELECT count(*) FROM access.client WHERE state = 'approved'"));
        Assert.Equal(0L, await OffboardingsAsync());
    }

    [Fact]
    public async Task An_owner_takes_its_clients_along_and_nobody_else_s()
    {
        var said = await AnswerAsync("client", "offboard", "Cardiology", "--reason", "merged", "--json");

        Assert.Equal(["client-revoked other-1", "tokens-revoked other-1"], Changed(said));
    }

    [Fact]
    public async Task What_cannot_be_done_whole_is_not_begun()
    {
        await store.ExecuteAsOwnerAsync("ALTER TABLE access.idempotency RENAME TO gone");

        Assert.NotEqual(0, (await RunAsync("client", "offboard", "patient-app", "--reason", "agreement ended")).Code);

        Assert.Equal(0L, await ScalarAsync("SELECT count(*) FROM access.switch"));
        Assert.Equal(3L, await ScalarAsync("SELECT count(*) FROM access.client WHERE state = 'approved'"));
    }

    [Theory]
    [InlineData("patient-ap")]
    [InlineData("patient-app", "--destination", "regstry")]
    public async Task A_name_that_nobody_has_is_refused(params string[] names)
    {
        var (code, _, complaint) = await RunAsync(["client", "offboard", .. names, "--reason", "in a test"]);

        Assert.Equal((1, true), (code, complaint.Contains("client.partner-unknown", StringComparison.Ordinal)));
        Assert.Equal(0L, await ScalarAsync("SELECT count(*) FROM access.switch"));
    }

    [Fact]
    public async Task A_client_is_shown_with_what_it_did_and_what_was_unusual()
    {
        await store.ExecuteAsOwnerAsync(
            "SELECT access.count_conduct(1::smallint, interval '5 minutes', 3, 3, 3, '{client,client}', '{app-1,app-1}', '{issued,skew}', '{7,4}', '{NULL,NULL}')");

        var shown = await AnswerAsync("client", "show", "app-1", "--json");

        var conduct = shown.GetProperty("conduct");
        Assert.Equal(["issued 7", "skew 4"], conduct.GetProperty("causes").EnumerateArray().Select(c => $"{c.GetProperty("cause")} {c.GetProperty("lastHour")}"));
        Assert.Equal(("skew", 4), (conduct.GetProperty("alerts")[0].GetProperty("cause").GetString(), conduct.GetProperty("alerts")[0].GetProperty("times").GetInt32()));
        Assert.Equal((1, "app-1"), (conduct.GetProperty("tokens").GetInt32(), shown.GetProperty("client").GetProperty("client").GetString()));
        Assert.Contains("skew", (await RunAsync("client", "show", "app-1")).Answer, StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync("client", "show", "nobody")).Code);
    }

    private static IEnumerable<string> Changed(JsonElement said) =>
        said.GetProperty("steps").EnumerateArray().Where(s => s.GetProperty("changed").GetBoolean()).Select(s => $"{s.GetProperty("what")} {s.GetProperty("target")}");

    private Task<object?> OffboardingsAsync() => ScalarAsync("SELECT count(*) FROM ledger.pending WHERE 'partner.offboarded' = ANY (kind)");

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(store.OwnerAddress);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    private async Task<JsonElement> AnswerAsync(params string[] arguments)
    {
        var (code, answer, complaint) = await RunAsync(arguments);
        Assert.True(code == 0, complaint);
        return JsonDocument.Parse(answer).RootElement;
    }

    private Task<(int Code, string Answer, string Complaint)> RunAsync(params string[] arguments) => CommandProcess.RunAsync(store, keys, arguments);
}
