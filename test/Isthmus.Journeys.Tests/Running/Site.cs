using System.Globalization;
using Isthmus.Store.Embedded;
using Isthmus.Testing;
using Npgsql;

namespace Isthmus.Journeys.Tests.Running;

/// <summary>
/// One installation in a folder of its own: embedded PostgreSQL with fsync, the demo site applied, patients and their
/// consents on file, the partners running. Nodes are started on it, and killed.
/// </summary>
internal sealed class Site : IAsyncDisposable
{
    private static readonly TimeSpan CommandLimit = TimeSpan.FromMinutes(2);

    private readonly string root;
    private readonly EmbeddedPostgres? store;
    private readonly List<IsthmusProcess> ended = [];
    private readonly List<Node> nodes = [];
    private readonly Dictionary<string, string> environment;
    private NpgsqlDataSource? entrance;

    private Site(string root, EmbeddedPostgres? store, int seed, int patients, string? folder)
    {
        this.root = root;
        this.store = store;
        Seed = seed;
        Patients = patients;
        Port = FreePort.Next();
        environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ISTHMUS_DATA"] = DataFolder,
            ["ISTHMUS__listeners__lab__port"] = Port.ToString(CultureInfo.InvariantCulture),
        };
        if (folder is not null)
        {
            environment["ISTHMUS_SITE"] = folder;
        }
    }

    public string DataFolder => Path.Combine(root, "data");

    public int Seed { get; }

    public int Patients { get; }

    /// <summary>Where the lab sends, whichever process listens there.</summary>
    public int Port { get; }

    public Counterparts Counterparts { get; private set; } = null!;

    /// <summary>PostgreSQL's own log.</summary>
    public string ServerLog => Path.Combine(DataFolder, "postgres", "server.log");

    /// <summary>Every process of the product that ran here.</summary>
    public IEnumerable<IsthmusProcess> Processes => [.. ended, .. nodes.Select(node => node.Process), .. Counterparts.Processes];

    /// <param name="nodesKeepStore">PostgreSQL lives and dies with the nodes; otherwise it outlives them.</param>
    /// <param name="folder">Another site than the demo's.</param>
    public static async Task<Site> OpenAsync(int seed, int patients, bool nodesKeepStore = false, string? folder = null)
    {
        var data = TestPostgres.NewDataFolder();
        var store = nodesKeepStore ? null : await EmbeddedPostgres.StartAsync(new EmbeddedOptions { DataFolder = data }, CancellationToken.None);
        var site = new Site(Path.GetDirectoryName(data)!, store, seed, patients, folder);
        try
        {
            await site.PrepareAsync();
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a node with some settings of its own besides.</summary>
    public Task<Node> StartNodeAsync(IReadOnlyDictionary<string, string> besides) => StartNodeAsync(false, besides);

    public Task<Node> StartNodeAsync(bool zonesApart = false, int? port = null) => StartNodeAsync(
        zonesApart,
        port is { } other
            ? new Dictionary<string, string>(StringComparer.Ordinal) { ["ISTHMUS__listeners__lab__port"] = other.ToString(CultureInfo.InvariantCulture) }
            : []);

    private async Task<Node> StartNodeAsync(bool zonesApart, IReadOnlyDictionary<string, string> besides)
    {
        var own = new Dictionary<string, string>(environment, StringComparer.Ordinal);
        foreach (var (key, value) in besides)
        {
            own[key] = value;
        }

        var node = await Node.StartAsync(own, zonesApart);
        nodes.Add(node);
        return node;
    }

    /// <summary>Runs a command to its end; fails where it does.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        var process = IsthmusProcess.Start(environment, arguments);
        ended.Add(process);
        var said = await process.Output.ReadToEndAsync().WaitAsync(CommandLimit);
        var code = await process.EndAsync(CommandLimit);
        Assert.True(code == 0, $"isthmus {string.Join(' ', arguments)} ended with {code}: {said}{process.Complaints}");
        return said;
    }

    /// <summary>The superuser's way in.</summary>
    public async Task<NpgsqlConnection> OpenStoreAsync()
    {
        if (entrance is null)
        {
            var postmaster = await PostmasterAsync();
            entrance = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder
            {
                Host = postmaster[4],
                Port = int.Parse(postmaster[3], CultureInfo.InvariantCulture),
                Username = "postgres",
                Password = (await File.ReadAllTextAsync(Path.Combine(DataFolder, "postgres", "superuser.password"))).Trim(),
                Database = "isthmus",
                MaxPoolSize = 4,
            });
        }

        return await entrance.OpenConnectionAsync();
    }

    /// <summary>SIGKILL to PostgreSQL's first process.</summary>
    public async Task KillStoreAsync()
    {
        var pid = int.Parse((await PostmasterAsync())[0], CultureInfo.InvariantCulture);
        using var postmaster = System.Diagnostics.Process.GetProcessById(pid);
        postmaster.Kill();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes)
        {
            await node.DisposeAsync();
        }

        if (entrance is not null)
        {
            await entrance.DisposeAsync();
        }

        if (Counterparts is not null)
        {
            await Counterparts.DisposeAsync();
        }

        foreach (var process in ended)
        {
            await process.DisposeAsync();
        }

        if (store is not null)
        {
            await store.DisposeAsync();
        }

        Directory.Delete(root, recursive: true);
    }

    /// <summary>What a newcomer with a site of their own does: apply it, invent patients, load them.</summary>
    private async Task PrepareAsync()
    {
        await RunAsync("site", "apply");
        var people = Path.Combine(root, "people");
        await RunAsync(
            "synth", "population", "--seed", Seed.ToString(CultureInfo.InvariantCulture),
            "--patients", Patients.ToString(CultureInfo.InvariantCulture), "--out", people);
        await RunAsync("records", "load", Path.Combine(people, "patients.ndjson"), Path.Combine(people, "consents.ndjson"));
        Counterparts = await Counterparts.StartAsync(Path.Combine(root, "partners"), Path.Combine(DataFolder, "keys"));
        foreach (var (key, value) in Counterparts.Overrides)
        {
            environment[key] = value;
        }
    }

    /// <summary>postmaster.pid: pid, data folder, start time, port, socket folder (miscadmin.h, LOCK_FILE_LINE_*).</summary>
    private Task<string[]> PostmasterAsync() => File.ReadAllLinesAsync(Path.Combine(DataFolder, "postgres", "cluster", "postmaster.pid"));
}
