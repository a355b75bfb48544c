using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Governance;
using Isthmus.Inbound.Tests.Secrecy;
using Isthmus.Records.Keys;
using Isthmus.Store.Connections;
using Isthmus.Testing;
using Isthmus.Trust.Keys;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Isthmus.Inbound.Tests;

/// <summary>The edge as it runs in a process of its own: real sockets, a real database, and only the keys and the login that it is given.</summary>
internal sealed class RunningEdge : IAsyncDisposable
{
    public const string Listener = "lab";

    private static readonly Lazy<SiteModel> Demo = new(LoadDemo);

    private readonly CancellationTokenSource draining = new();
    private readonly InboundZone zone;
    private readonly Task running;
    private volatile SiteModel site;

    private RunningEdge(TestStore store, StoreAccess access, KeyFolder keys, SiteModel site, string? watchedFolder)
    {
        this.site = site;
        Store = store;
        Keys = keys;
        zone = new InboundZone(access, keys, () => this.site, watchedFolder, TimeProvider.System, Logs);
        running = zone.RunAsync(draining.Token);
    }

    public TestStore Store { get; }

    /// <summary>What this zone holds: the public half of Mediation's sealing key and the ordering secret.</summary>
    public KeyFolder Keys { get; }

    public LoggedText Logs { get; } = new();

    public int Port => zone.Endpoints[Listener].Port;

    /// <summary>Where each listener that is open listens.</summary>
    public IReadOnlyDictionary<string, int> Ports => zone.Endpoints.ToDictionary(e => e.Key, e => e.Value.Port);

    /// <summary>Puts another site into force, under a version of its own.</summary>
    public void Apply(Func<SiteModel, SiteModel> change)
    {
        var other = change(site);
        site = other with { Files = other.Files with { Version = Guid.NewGuid().ToString("N") } };
    }

    /// <summary>A database with the hand-over schema, the ledger, the records and the sites.</summary>
    public static Task<TestStore> NewStoreAsync() =>
        TestStore.CreateAsync(typeof(KeyFolder).Assembly, typeof(TenantKeys).Assembly, typeof(SiteLoader).Assembly, typeof(InboundZone).Assembly);

    /// <param name="change">What of the demo site is different.</param>
    public static RunningEdge Start(
        TestStore store, Func<SiteModel, SiteModel>? change = null, KeyFolder? keys = null, StoreAccess? access = null, string? watchedFolder = null)
    {
        var site = Demo.Value with { Listeners = new Dictionary<string, ListenerSettings> { [Listener] = Demo.Value.Listeners[Listener] with { Port = 0 } } };
        return new RunningEdge(store, access ?? store.Access, keys ?? NewKeys(), change?.Invoke(site) ?? site, watchedFolder);
    }

    /// <summary>Keys as the edge is given them; the private half stays in <paramref name="mediations"/>, if anybody needs it.</summary>
    public static KeyFolder NewKeys(KeyFolder? mediations = null)
    {
        mediations ??= new KeyFolder(NewFolder());
        mediations.CreateSealingPairIfMissing(SealedTo.Mediation);
        var ours = new KeyFolder(NewFolder());
        ours.CreateSecretIfMissing(InboundZone.OrderKeyFile);
        File.Copy(mediations.Existing("mediation.seal.pub"), Path.Combine(ours.Place, "mediation.seal.pub"));
        return ours;
    }

    public static string NewFolder() => Scratch.NewFolder("edge").FullName;

    public Task<Sender> ConnectAsync() => Sender.ConnectAsync(Port);

    /// <summary>Begins to drain, and waits until the zone has drained.</summary>
    public async Task DrainAsync()
    {
        await draining.CancelAsync();
        await running;
    }

    /// <summary>A scalar as the owner of the tables sees it.</summary>
    public static async Task<T> AskAsync<T>(TestStore store, string sql)
    {
        await using var connection = new NpgsqlConnection(store.OwnerAddress + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public Task<T> AskAsync<T>(string sql) => AskAsync<T>(Store, sql);

    public async ValueTask DisposeAsync()
    {
        await DrainAsync();
        await zone.DisposeAsync();
        draining.Dispose();
    }

    private static SiteModel LoadDemo()
    {
        var load = SiteLoader.Load(SiteFolder.Read(Repository.PathOf("site", "demo")).Files!, new Dictionary<string, string>(), new DateOnly(2026, 11, 20));
        return load.Model ?? throw new InvalidOperationException(string.Join('\n', load.Faults));
    }
}

internal static class SiteChanges
{
    /// <summary>The same listener and contract, spoken to over HTTP.</summary>
    public static SiteModel OverHttp(this SiteModel site) =>
        site.WithListener(listener => listener with { Kind = ListenerKind.Http }).WithSource(source => source with { Protocol = ListenerKind.Http });

    public static SiteModel WithLimits(this SiteModel site, Func<ListenerLimits, ListenerLimits> change) =>
        site.WithListener(listener => listener with { Limits = change(listener.Limits) });

    public static SiteModel WithListener(this SiteModel site, Func<ListenerSettings, ListenerSettings> change) =>
        site with { Listeners = site.Listeners.ToDictionary(l => l.Key, l => change(l.Value)) };

    public static SiteModel WithRepeats(this SiteModel site, Func<RepeatTerms, RepeatTerms> change) =>
        site.WithSource(source => source with { Repeats = change(source.Repeats) });

    public static SiteModel WithSource(this SiteModel site, Func<SourceTerms, SourceTerms> change) =>
        site with { Contracts = [.. site.Contracts.Select(contract => contract with { Source = change(contract.Source) })] };
}
