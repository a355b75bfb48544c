using System.Globalization;
using System.Text.Json;
using Isthmus.Store.Embedded;
using Isthmus.Testing;
using Isthmus.Trust.Tests.Tokens.Jose;
using Npgsql;

namespace Isthmus.Journeys.Tests.Running;

/// <summary>
/// Two doors of one site on one database: processes that were given the logins and the keys of the zone <c>api</c> and nothing else, each
/// with a way to the database of its own. Operators work beside them, by commands.
/// </summary>
public sealed class TwoDoors : IAsyncLifetime
{
    private static readonly TimeSpan CommandLimit = TimeSpan.FromMinutes(1);

    private readonly string data = TestPostgres.NewDataFolder();
    private readonly DirectoryInfo folder = Scratch.NewFolder("doors");
    private readonly List<Door> all = [];
    private EmbeddedPostgres? store;
    private NpgsqlDataSource? entrance;
    private int partners;

    /// <summary>Requests that may come at once for one type, which then refills by one a second.</summary>
    public const int SmallBucket = 20;

    internal Door First => all[0];

    internal Door Second => all[1];

    internal IReadOnlyList<Door> All => all;

    /// <summary>Both doors are one authorization server.</summary>
    public string Issuer => First.Address.ToString().TrimEnd('/');

    /// <summary>The path of somebody who is on file.</summary>
    public string Patient { get; private set; } = "";

    private Dictionary<string, string> Environment => new(StringComparer.Ordinal)
    {
        ["ISTHMUS_DATA"] = data,
        ["ISTHMUS_SITE"] = Path.Combine(folder.FullName, "site"),
    };

    public async Task InitializeAsync()
    {
        store = await EmbeddedPostgres.StartAsync(new EmbeddedOptions { DataFolder = data, Durable = false }, CancellationToken.None);
        await DemoSite.CopyToAsync(
            Environment["ISTHMUS_SITE"],
            ("integrations/patient-app.yaml", "  - { resource: Patient, per-second: 10, burst: 40 }\n",
                $"  - {{ resource: Patient, per-second: 4000, burst: 8000 }}\n  - {{ resource: Observation, per-second: 1, burst: {SmallBucket} }}\n"));
        await File.WriteAllTextAsync(KeySet, Forge.Set(Forge.Jwk(Forge.P384, ApiPartner.KeyId)));
        await CommandAsync("site", "apply");
        await CommandAsync("records", "load", Repository.PathOf("site", "demo", "samples", "patients.ndjson"), "--json");
        var address = store.SuperUserConnectionString("isthmus");
        entrance = NpgsqlDataSource.Create(address);
        Patient = $"/fhir/Patient/{await AskAsync<Guid>("SELECT person FROM phi.resource LIMIT 1")}";
        foreach (var name in (string[])["first", "second"])
        {
            all.Add(new Door(name, address, Given(name)));
        }

        await Task.WhenAll(all.Select(door => door.StartAsync(Issuer)));
    }

    public async Task DisposeAsync()
    {
        foreach (var door in all)
        {
            await door.DisposeAsync();
        }

        if (entrance is not null)
        {
            await entrance.DisposeAsync();
        }

        if (store is not null)
        {
            await store.DisposeAsync();
        }

        Directory.Delete(Path.GetDirectoryName(data)!, recursive: true);
        folder.Delete(recursive: true);
    }

    /// <summary>Somebody whom one person registered and another approved, calling from an address of its own.</summary>
    internal Task<ApiPartner> LetInAsync() => LetInAsync("patient-app", "system/Patient.rs system/Observation.rs");

    /// <param name="integration">The contract that it calls under.</param>
    /// <param name="scopes">All that it may hold, and asks for.</param>
    internal async Task<ApiPartner> LetInAsync(string integration, string scopes)
    {
        var registered = await CommandAsync(
            ["client", "register", "--integration", integration, "--name", "Renal board", "--owner", "Nephrology", "--purpose", "Shows results.", "--scope", scopes, "--as", "anna", "--jwks", KeySet, "--json"]);
        var id = registered.GetProperty("client").GetString()!;
        await CommandAsync("client", "approve", id, "--as", "ben", "--reason", "agreement 4711", "--json");
        var partner = new ApiPartner(id, scopes, Issuer, ++partners);
        foreach (var door in all)
        {
            await Eventually.Within(TimeSpan.FromSeconds(10), $"the {door.Name} door knows the client", async () => (await partner.AskAsync(door)).Status == 200);
        }

        return partner;
    }

    /// <summary>Runs a command of the product to its end, and gives what it said where that is JSON.</summary>
    internal async Task<JsonElement> CommandAsync(params string[] arguments)
    {
        await using var process = IsthmusProcess.Start(Environment, arguments);
        var said = await process.Output.ReadToEndAsync().WaitAsync(CommandLimit);
        var code = await process.EndAsync(CommandLimit);
        Assert.True(code == 0, $"isthmus {string.Join(' ', arguments)} ended with {code}: {said}{process.Complaints}");
        return said.StartsWith('{') ? JsonDocument.Parse(said).RootElement : default;
    }

    /// <summary>One value of the store, asked for as its superuser.</summary>
    internal async Task<T> AskAsync<T>(string sql, params object[] values)
    {
        await using var query = entrance!.CreateCommand(sql);
        foreach (var value in values)
        {
            query.Parameters.AddWithValue(value);
        }

        return (T)(await query.ExecuteScalarAsync())!;
    }

    /// <summary>When the store holds that something happened.</summary>
    internal async Task<DateTimeOffset> MomentAsync(string sql, params object[] values) => new(await AskAsync<DateTime>(sql, values));

    private string KeySet => Path.Combine(folder.FullName, "jwks.json");

    /// <summary>What a supervisor gives the zone.</summary>
    private Dictionary<string, string> Given(string name)
    {
        var own = Path.Combine(folder.FullName, name);
        var (credentials, keys) = (Path.Combine(own, "credentials"), Path.Combine(own, "keys"));
        Copy("credentials", credentials, "isthmus_api", "isthmus_tokens", "isthmus_admission", "isthmus_inbound");
        Copy("keys", keys, "tokens", "answers.key", "records", "mediation.seal.pub", "order.key");
        return new Dictionary<string, string>(Environment, StringComparer.Ordinal)
        {
            ["ISTHMUS_DATA"] = own,
            ["ISTHMUS_CREDENTIALS"] = credentials,
            ["ISTHMUS_KEYS"] = keys,
        };
    }

    private void Copy(string from, string to, params string[] files)
    {
        Directory.CreateDirectory(to);
        foreach (var file in files)
        {
            File.Copy(Path.Combine(data, from, file), Path.Combine(to, file));
        }
    }
}
