using Isthmus.Store;
using Npgsql;

namespace Isthmus.Trust.Tokens;

/// <summary>Something that is good once.</summary>
/// <param name="Until">When it is no longer good anyway, and may be forgotten.</param>
public readonly record struct OneUse(Guid Id, DateTimeOffset Until);

/// <summary>Uses up what is good once, durably and for all nodes; many in one commit.</summary>
internal sealed class SingleUse(NpgsqlDataSource source, TimeProvider time) : IAsyncDisposable
{
    private const int MostPerCommit = 512;
    private const int MostWaiting = 4096;

    private readonly GroupCommit<OneUse, bool> group = new(uses => CommitAsync(source, uses), MostPerCommit, MostWaiting, time);

    /// <summary>False when it was used before.</summary>
    public Task<bool> UseAsync(OneUse use, CancellationToken cancellation) => group.AddAsync(use, cancellation);

    public ValueTask DisposeAsync() => group.DisposeAsync();

    private static async Task<IReadOnlyList<bool>> CommitAsync(NpgsqlDataSource source, IReadOnlyList<OneUse> uses)
    {
        var distinct = uses.DistinctBy(u => u.Id).ToList();
        await using var command = source.CreateCommand("SELECT tokens.use_once($1, $2)");
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. distinct.Select(u => u.Id)] });
        command.Parameters.Add(new NpgsqlParameter<DateTime[]> { TypedValue = [.. distinct.Select(u => u.Until.UtcDateTime)] });
        var fresh = new HashSet<Guid>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            fresh.Add(reader.GetGuid(0));
        }

        // Of two that are the same in one group, the first has it.
        return [.. uses.Select(u => fresh.Remove(u.Id))];
    }
}
