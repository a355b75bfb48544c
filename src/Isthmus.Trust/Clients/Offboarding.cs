using Npgsql;

namespace Isthmus.Trust.Clients;

/// <summary>A partner that leaves.</summary>
/// <param name="Name">As the ledger has it; clients whose owner is called so are the partner's too.</param>
/// <param name="Integrations">Contracts that are its own.</param>
/// <param name="Destinations">Where deliveries to it go.</param>
public sealed record Leaving(short Tenant, string Name, IReadOnlyList<string> Integrations, IReadOnlyList<string> Destinations);

/// <summary>One thing that was done, or was found done.</summary>
/// <param name="What"><c>integration-off</c>, <c>destination-off</c>, <c>client-revoked</c>, <c>tokens-revoked</c> or <c>answers-dropped</c>.</param>
/// <param name="Target">The integration, the destination or the client.</param>
/// <param name="Changed">False when it was so already.</param>
/// <param name="Times">How many tokens, or answers.</param>
public sealed record OffboardingStep(string What, string Target, bool Changed, int Times);

/// <summary>Takes a partner out at once: all of it, or, where something fails, nothing.</summary>
/// <param name="source">The operator's login.</param>
public sealed class Offboarding(NpgsqlDataSource source)
{
    private const string Offboard = "SELECT what, target, changed, times FROM access.offboard($1, $2, $3, $4, $5, $6)";

    /// <param name="by">Who does it.</param>
    /// <param name="isTrial">Says what would be done, and does nothing.</param>
    /// <returns>Every step, those that were done before included.</returns>
    public async Task<IReadOnlyList<OffboardingStep>> RunAsync(Leaving partner, string by, string reason, bool isTrial, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(partner);
        await using var connection = await source.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var steps = await StepsAsync(connection, partner, by, reason, cancellation);
        if (!isTrial)
        {
            await transaction.CommitAsync(cancellation);
        }

        return steps;
    }

    private static async Task<List<OffboardingStep>> StepsAsync(
        NpgsqlConnection connection, Leaving partner, string by, string reason, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Offboard, connection);
        command.Parameters.AddWithValue(partner.Tenant);
        command.Parameters.AddWithValue(partner.Name);
        command.Parameters.AddWithValue(partner.Integrations.ToArray());
        command.Parameters.AddWithValue(partner.Destinations.ToArray());
        command.Parameters.AddWithValue(by);
        command.Parameters.AddWithValue(reason);
        var steps = new List<OffboardingStep>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            steps.Add(new OffboardingStep(row.GetString(0), row.GetString(1), row.GetBoolean(2), row.GetInt32(3)));
        }

        return steps;
    }
}
