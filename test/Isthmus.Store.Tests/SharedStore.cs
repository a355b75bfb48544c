using Isthmus.Testing;

namespace Isthmus.Store.Tests;

/// <summary>One database for the tests of a class; each takes a zone of its own in it.</summary>
public sealed class SharedStore : IAsyncLifetime
{
    private static int zones;

    internal TestStore Store { get; private set; } = null!;

    /// <param name="login">The zone whose login leases it.</param>
    public static string NewZone(string login = "mediation") => $"{login}/{Interlocked.Increment(ref zones)}";

    public static string NewChannel() => $"channel{Interlocked.Increment(ref zones)}";

    public async Task InitializeAsync() => Store = await TestStore.CreateAsync();

    public async Task DisposeAsync() => await Store.DisposeAsync();
}
