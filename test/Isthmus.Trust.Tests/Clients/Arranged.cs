using Isthmus.Exchange.Contracts;
using Isthmus.Store.Connections;
using Isthmus.Testing;
using Isthmus.Trust.Access;
using Isthmus.Trust.Clients;
using Isthmus.Trust.Tests.Tokens.Jose;
using Npgsql;

namespace Isthmus.Trust.Tests.Clients;

/// <summary>A database with the door's tables, an application's contract, and clients for it.</summary>
internal sealed class Arranged : IAsyncDisposable
{
    private readonly TestStore store;

    private Arranged(TestStore store) => this.store = store;

    public static ApiContract Contract { get; } = new()
    {
        Name = "patient-app",
        Version = "1.0.0",
        Purpose = "Shows results to those who treat the patient.",
        Owners = new Owners("b", "t", "s", "o"),
        Class = AppClass.Read,
        Traffic = TrafficClass.Interactive,
        ConsentPurpose = "TREAT",
        Scopes = ["system/Patient.rs", "system/Observation.rs"],
        Routes = ["fhir-read"],
        Quota = new Quota(10, 20),
    };

    public static AccessPolicy Policy { get; } = AccessPolicy.Compile(new AccessTerms(
        "test", "1.0.0",
        [
            new ActionTerms("read-patients", "Read patients.", ["Patient.rs"], [], []),
            new ActionTerms("read-results", "Read results.", ["Observation.rs"], [], []),
        ],
        [new AppClassTerms(AppClass.Read, ["system"], ["read-patients", "read-results"])]));

    public ClientRegistry Registry => new(For(ZoneRole.Operator), TimeProvider.System);

    public NpgsqlDataSource For(ZoneRole role) => store.For(role);

    public static async Task<Arranged> CreateAsync() => new(await TestStore.CreateAsync(typeof(ClientRegistry).Assembly));

    public static ScopeSet Scopes(string text)
    {
        Assert.Null(ScopeSet.TryParse(text, out var scopes));
        return scopes;
    }

    public static ClientDraft Draft(ClientCredential? credential = null, string scopes = "system/Patient.rs") => new()
    {
        Tenant = 1,
        Name = "Renal board",
        Environment = SiteEnvironment.Test,
        Purpose = "Shows results on the ward.",
        Owner = "Head of Nephrology",
        Expires = TimeProvider.System.GetUtcNow().AddDays(90),
        Scopes = Scopes(scopes),
        Credential = credential ?? new ClientCredential { Keys = Forge.SetOf(Forge.Jwk(Forge.P384, "k1")) },
    };

    public Task<string> RegisterAsync(ClientDraft? draft = null) =>
        Registry.RegisterAsync(draft ?? Draft(), Contract, Policy, "anna", CancellationToken.None);

    /// <summary>Registered by one person and approved by another.</summary>
    public async Task<string> ApprovedAsync(ClientDraft? draft = null)
    {
        var id = await RegisterAsync(draft);
        await Registry.ApproveAsync(id, "ben", "looked at", CancellationToken.None);
        return id;
    }

    public Task ExecuteAsOwnerAsync(string sql) => store.ExecuteAsOwnerAsync(sql);

    public async Task<List<string>> LedgerAsync()
    {
        await using var owner = NpgsqlDataSource.Create(store.OwnerAddress + ";Pooling=false");
        await using var command = owner.CreateCommand("SELECT k || ' ' || a || ' ' || login FROM ledger.pending p, unnest(p.kind, p.actor) e (k, a) ORDER BY p.id");
        var events = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            events.Add(reader.GetString(0));
        }

        return events;
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
