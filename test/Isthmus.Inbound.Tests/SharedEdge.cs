using Isthmus.Testing;

namespace Isthmus.Inbound.Tests;

/// <summary>One edge for the tests of a class that leave nothing behind that another would trip over.</summary>
public sealed class SharedEdge : IAsyncLifetime
{
    private TestStore store = null!;

    internal RunningEdge Edge { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        store = await RunningEdge.NewStoreAsync();
        Edge = RunningEdge.Start(store);
    }

    public async Task DisposeAsync()
    {
        await Edge.DisposeAsync();
        await store.DisposeAsync();
    }
}

/// <summary>The same over HTTP.</summary>
public sealed class SharedHttpEdge : IAsyncLifetime
{
    private TestStore store = null!;

    internal RunningEdge Edge { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        store = await RunningEdge.NewStoreAsync();
        Edge = RunningEdge.Start(store, site => site.OverHttp());
    }

    public async Task DisposeAsync()
    {
        await Edge.DisposeAsync();
        await store.DisposeAsync();
    }
}
