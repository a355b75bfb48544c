using Isthmus.Exchange.Contracts;
using Isthmus.Store.Connections;
using Isthmus.Testing;

namespace Isthmus.Inbound.Tests.Journal;

/// <summary>Where there is no room or no store, the sender is told to come again, and may.</summary>
public sealed class RoomTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private TestStore store = null!;

    public async Task InitializeAsync() => store = await RunningEdge.NewStoreAsync();

    public async Task DisposeAsync() => await store.DisposeAsync();

    [Fact]
    public async Task A_store_that_goes_away_is_answered_AR_and_accepted_once_it_is_back()
    {
        await using var edge = RunningEdge.Start(store);
        await using var sender = await edge.ConnectAsync();
        Assert.Equal("AA", (await sender.AskAsync(Results.Message(Results.NewId()))).Code);
        var id = Results.NewId();

        await AllowConnectionsAsync(false);
        var refused = await sender.AskAsync(Results.Message(id));
        await AllowConnectionsAsync(true);

        Assert.Equal(("AR", "journal.unavailable"), (refused.Code, refused.Rule));
        await AcceptedAsync(sender, id);
        Assert.Equal(1L, await edge.AskAsync<long>($"SELECT count(*) FROM exchange.journal WHERE control_id = '{id}'"));
    }

    [Fact]
    public async Task An_edge_that_starts_before_its_store_answers_AR_until_the_store_is_there()
    {
        await AllowConnectionsAsync(false);
        await using var edge = RunningEdge.Start(store);
        await using var sender = await edge.ConnectAsync();
        var id = Results.NewId();
        var refused = await sender.AskAsync(Results.Message(id));
        var wrong = await sender.AskAsync(Results.Message(id, version: "9.9"));

        await AllowConnectionsAsync(true);

        Assert.Equal(("AR", "journal.unavailable"), (refused.Code, refused.Rule));
        Assert.Equal(("AR", "contract.version-not-allowed"), (wrong.Code, wrong.Rule));
        await AcceptedAsync(sender, id);
    }

    [Fact]
    public async Task A_server_that_is_not_there_at_all_is_answered_AR()
    {
        await using var nowhere = StoreAccess.Open(
            $"Host=127.0.0.1;Port={FreePort.Next()};Database=none", store.Credentials, ZoneRole.Inbound);
        await using var edge = RunningEdge.Start(store, access: nowhere);
        await using var sender = await edge.ConnectAsync();

        var refused = await sender.AskAsync(Results.Message(Results.NewId()));

        Assert.Equal(("AR", "journal.unavailable"), (refused.Code, refused.Rule));
    }

    [Fact]
    public async Task A_queue_that_is_too_old_is_answered_AR_until_it_moves()
    {
        await using var edge = RunningEdge.Start(store, site => site with { Watermarks = site.Watermarks with { QueueAge = TimeSpan.FromMilliseconds(50) } });
        await using var sender = await edge.ConnectAsync();
        Assert.Equal("AA", (await sender.AskAsync(Results.Message(Results.NewId()))).Code);

        Answer? refused = null;
        await Eventually.Within(Soon, "the queue is too old", async () =>
            (refused = await sender.AskAsync(Results.Message(Results.NewId()))).Code == "AR");
        await store.ExecuteAsOwnerAsync("DELETE FROM exchange.inbox");

        Assert.Equal("watermark.queue-old", refused!.Rule);
        await AcceptedAsync(sender, Results.NewId());
    }

    [Fact]
    public async Task Too_little_free_disk_is_answered_AR_from_the_first_message_on()
    {
        await using var edge = RunningEdge.Start(
            store, site => site with { Watermarks = site.Watermarks with { DiskFreeBytes = long.MaxValue } }, watchedFolder: Path.GetTempPath());
        await using var sender = await edge.ConnectAsync();

        var refused = await sender.AskAsync(Results.Message(Results.NewId()));

        Assert.Equal(("AR", "watermark.disk-low"), (refused.Code, refused.Rule));
        Assert.Equal(0L, await edge.AskAsync<long>("SELECT count(*) FROM exchange.journal"));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_watched_stops_nobody()
    {
        await using var edge = RunningEdge.Start(store, watchedFolder: "/nowhere/at/all");
        await using var sender = await edge.ConnectAsync();

        Assert.Equal("AA", (await sender.AskAsync(Results.Message(Results.NewId()))).Code);
        Assert.Contains(edge.Logs.Lines, line => line.Contains("could not be read", StringComparison.Ordinal));
    }

    private static Task AcceptedAsync(Sender sender, string id) =>
        Eventually.Within(Soon, "the message is accepted", async () => (await sender.AskAsync(Results.Message(id))).Code == "AA");

    /// <summary>Cuts this database off for everybody but the superuser, as if its server were gone.</summary>
    private async Task AllowConnectionsAsync(bool allowed)
    {
        var name = new Npgsql.NpgsqlConnectionStringBuilder(store.OwnerAddress).Database;
        var server = await TestPostgres.ServerAsync();
        await using var source = Npgsql.NpgsqlDataSource.Create(server.SuperUserConnectionString() + ";Pooling=false");
        await using var command = source.CreateCommand(
            $"ALTER DATABASE {name} ALLOW_CONNECTIONS {allowed};" + (allowed ? "" : $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"));
        await command.ExecuteNonQueryAsync();
    }
}
