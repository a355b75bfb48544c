using System.Text.Json;
using Isthmus.Exchange;
using Isthmus.Exchange.Ledger;
using Isthmus.Store;
using Isthmus.Trust.Ledger;
using Npgsql;

namespace Isthmus.Records.Read;

/// <summary>
/// Puts on record what was read, by whom and about whom, many reads in one commit. A read answers once its record is durable: no audit, no
/// access.
/// </summary>
public sealed class ReadAudit : IAsyncDisposable
{
    private const int MostPerCommit = 256;
    private const int MostWaiting = 10_000;

    private readonly NpgsqlDataSource source;
    private readonly GroupCommit<(short Tenant, IReadOnlyList<LedgerEvent> Events), bool> reads;

    /// <param name="source">The login of those who read.</param>
    public ReadAudit(NpgsqlDataSource source, TimeProvider time)
    {
        this.source = source;
        reads = new(CommitAsync, MostPerCommit, MostWaiting, time);
    }

    /// <summary>One event per person read about; one without a person where nobody was.</summary>
    /// <param name="what">What was asked for: a type, a type with an id. Never a value that was searched for.</param>
    /// <param name="outcome">A word: <c>given</c>, <c>absent</c>, <c>held-back</c>.</param>
    /// <exception cref="NpgsqlException">It is not on record, and nothing may be given.</exception>
    public Task RecordAsync(short tenant, ReadAuthority authority, string what, string outcome, IReadOnlyList<PersonId> persons)
    {
        ArgumentNullException.ThrowIfNull(authority);
        ArgumentNullException.ThrowIfNull(persons);
        var detail = JsonSerializer.Serialize(new { resource = what, purpose = authority.Purpose, reason = authority.Reason, outcome });
        LedgerEvent Read(PersonId? person) => new(LedgerKinds.RecordRead, authority.Actor, null, person, detail);
        return reads.AddAsync((tenant, persons.Count == 0 ? [Read(null)] : [.. persons.Select(p => Read(p))]), CancellationToken.None);
    }

    public ValueTask DisposeAsync() => reads.DisposeAsync();

    private async Task<IReadOnlyList<bool>> CommitAsync(IReadOnlyList<(short Tenant, IReadOnlyList<LedgerEvent> Events)> group)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        foreach (var tenant in group.GroupBy(read => read.Tenant))
        {
            LedgerAppend.AddTo(batch, tenant.Key, [.. tenant.SelectMany(read => read.Events)]);
        }

        await batch.ExecuteNonQueryAsync();
        return [.. group.Select(_ => true)];
    }
}
