namespace Isthmus.Mediation.Tests.Arranged;

/// <summary>One worker for the tests of a class that leave nothing behind that another would trip over.</summary>
public sealed class SharedMediation : IAsyncLifetime
{
    internal Mediation Worker { get; private set; } = null!;

    public async Task InitializeAsync() => Worker = await Mediation.StartAsync();

    public async Task DisposeAsync() => await Worker.DisposeAsync();
}
