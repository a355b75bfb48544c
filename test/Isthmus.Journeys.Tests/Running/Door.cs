using System.Globalization;
using Isthmus.Testing;

namespace Isthmus.Journeys.Tests.Running;

/// <summary>A node that is nothing but a door: a process of the zone <c>api</c>, whose way to the database a test holds in its hand.</summary>
internal sealed class Door : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    private readonly Dictionary<string, string> environment;
    private readonly int port = FreePort.Next();
    private IsthmusProcess? process;

    /// <param name="server">The superuser's way to the database; the door gets its place alone.</param>
    /// <param name="environment">What it shares with the others.</param>
    public Door(string name, string server, IReadOnlyDictionary<string, string> environment)
    {
        Name = name;
        Cord = new StoreCord(server);
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        this.environment = new Dictionary<string, string>(environment, StringComparer.Ordinal)
        {
            ["ISTHMUS_STORE"] = Cord.Address,
            ["ISTHMUS__listeners__api__port"] = port.ToString(CultureInfo.InvariantCulture),
        };
    }

    public string Name { get; }

    public StoreCord Cord { get; }

    public Uri Address { get; }

    public bool IsRunning => process is { HasExited: false };

    /// <summary>What it said on standard error.</summary>
    public string Complaints => process?.Complaints ?? string.Empty;

    /// <summary>Returns when it answers.</summary>
    public async Task StartAsync(string issuer)
    {
        environment["ISTHMUS__access__issuer"] = issuer;
        process = IsthmusProcess.Start(environment, "serve", "--roles", "api", "--json");
        Assert.True(await process.Output.ReadLineAsync().WaitAsync(StartLimit) is not null, $"Door {Name} did not open: {Complaints}");
        using var http = new HttpClient();
        await http.GetStringAsync(new Uri(Address, "/oauth2/jwks")).WaitAsync(StartLimit);
    }

    /// <summary>SIGKILL, in the midst of whatever it does.</summary>
    public async Task KillAsync()
    {
        await process!.KillAsync();
        await process.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            await process.TerminateAsync();
            await process.EndAsync(StartLimit);
        }

        if (process is not null)
        {
            await process.DisposeAsync();
        }

        await Cord.DisposeAsync();
    }
}
