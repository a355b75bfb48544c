using Npgsql;

namespace Isthmus.Store.Connections;

/// <summary>
/// The ways into PostgreSQL that this process has: one data source per zone role it was given a login for.
/// </summary>
public sealed class StoreAccess : IAsyncDisposable
{
    /// <summary>Enough for a zone's workers, its lease keeper and a few commands; PostgreSQL pays for each by memory.</summary>
    private const int ConnectionsPerRole = 12;

    /// <summary>Our statements are few and constant, so all of them stay prepared.</summary>
    private const int PreparedStatements = 128;

    /// <summary>
    /// At the door somebody waits for the answer, and each of its statements takes milliseconds. Over a network that has fallen silent none
    /// comes back by itself, and what holds a connection then holds up all that waits for one.
    /// </summary>
    private static readonly Patience AtTheDoor = new(ConnectSeconds: 2, StatementSeconds: 3, CancelMilliseconds: 500);

    private static readonly Patience Elsewhere = new(ConnectSeconds: 10, StatementSeconds: 60, CancelMilliseconds: 2000);

    private readonly Dictionary<ZoneRole, NpgsqlDataSource> sources;

    private StoreAccess(Dictionary<ZoneRole, NpgsqlDataSource> sources) => this.sources = sources;

    /// <param name="address">Host, port and database; user and password in it are replaced per role.</param>
    /// <param name="credentials">Where the logins of this process are.</param>
    /// <param name="roles">The roles this process plays.</param>
    public static StoreAccess Open(string address, Credentials credentials, params IEnumerable<ZoneRole> roles)
    {
        var opened = new Dictionary<ZoneRole, NpgsqlDataSource>();
        foreach (var role in roles.Distinct())
        {
            var patience = role is ZoneRole.Admission or ZoneRole.Tokens or ZoneRole.Api ? AtTheDoor : Elsewhere;
            var builder = new NpgsqlConnectionStringBuilder(address)
            {
                Username = role.LoginName(),
                Password = credentials.PasswordFor(role),
                ApplicationName = role.LoginName(),
                MaxPoolSize = ConnectionsPerRole,
                MaxAutoPrepare = PreparedStatements,
                AutoPrepareMinUsages = 2,
                Options = OptionsOf(role),
                NoResetOnClose = true,
                // Error details quote row values, and those may be patient data.
                IncludeErrorDetail = false,
                PersistSecurityInfo = false,
                Timeout = patience.ConnectSeconds,
                CommandTimeout = patience.StatementSeconds,
                CancellationTimeout = patience.CancelMilliseconds,
            };
            opened.Add(role, NpgsqlDataSource.Create(builder));
        }

        return new StoreAccess(opened);
    }

    /// <summary>
    /// The zones' statements are constant and take arrays, so one plan serves all of their calls; planning anew for each array,
    /// over all partitions, costs more than running it. Operators ask with optional conditions, which is another matter.
    /// </summary>
    private static string? OptionsOf(ZoneRole role) => role == ZoneRole.Operator ? null : "-c plan_cache_mode=force_generic_plan";

    public NpgsqlDataSource For(ZoneRole role) =>
        sources.TryGetValue(role, out var source)
            ? source
            : throw new InvalidOperationException($"This process was not given the login {role.LoginName()}.");

    public bool Holds(ZoneRole role) => sources.ContainsKey(role);

    public async ValueTask DisposeAsync()
    {
        foreach (var source in sources.Values)
        {
            await source.DisposeAsync();
        }
    }

    /// <param name="ConnectSeconds">For a connection, from the pool or new; and for telling the server that a statement is given up.</param>
    /// <param name="StatementSeconds">For a statement that does not say otherwise.</param>
    /// <param name="CancelMilliseconds">For the end of a statement that was given up.</param>
    private sealed record Patience(int ConnectSeconds, int StatementSeconds, int CancelMilliseconds);
}
