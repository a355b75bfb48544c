using Isthmus.Store;
using Npgsql;

namespace Isthmus.Trust.Tokens;

/// <summary>A token about to be issued, and the assertion that is used up for it.</summary>
internal sealed record Issue(
    short Tenant, Guid Assertion, DateTimeOffset AssertionUntil, Guid Token, DateTimeOffset At, DateTimeOffset Expires, string Client, string Scope, string Key, string Detail);

/// <summary>
/// Uses assertions up and writes what is issued for them, durably and for all nodes, before any token leaves. Many requests travel in
/// one commit. An assertion that two requests bring at once serves one of them.
/// </summary>
internal sealed class IssueLedger : IAsyncDisposable
{
    private const string Call = "SELECT tokens.issue($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    private const int MostPerCommit = 512;
    private const int MostWaiting = 4096;

    private readonly NpgsqlDataSource source;
    private readonly GroupCommit<Issue, bool> group;

    public IssueLedger(NpgsqlDataSource source, TimeProvider time)
    {
        this.source = source;
        group = new GroupCommit<Issue, bool>(CommitAsync, MostPerCommit, MostWaiting, time);
    }

    /// <summary>True when the issue is durable; false when the assertion was used before.</summary>
    /// <exception cref="NpgsqlException">Nothing is recorded, so nothing may be handed out.</exception>
    public Task<bool> RecordAsync(Issue issue, CancellationToken cancellation) => group.AddAsync(issue, cancellation);

    public ValueTask DisposeAsync() => group.DisposeAsync();

    private async Task<IReadOnlyList<bool>> CommitAsync(IReadOnlyList<Issue> issues)
    {
        // The first that brings an assertion may have it; the others of the same group do not ask.
        var first = new HashSet<Guid>(issues.Count);
        var firsts = new bool[issues.Count];
        var asked = new List<Issue>(issues.Count);
        for (var i = 0; i < issues.Count; i++)
        {
            firsts[i] = first.Add(issues[i].Assertion);
            if (firsts[i])
            {
                asked.Add(issues[i]);
            }
        }

        var fresh = await AskAsync(asked);
        return [.. issues.Select((issue, i) => firsts[i] && fresh.Contains(issue.Assertion))];
    }

    private async Task<HashSet<Guid>> AskAsync(List<Issue> issues)
    {
        await using var command = source.CreateCommand(Call);
        var parameters = command.Parameters;
        parameters.Add(new NpgsqlParameter<short> { TypedValue = issues[0].Tenant });
        parameters.Add(Array(issues, i => i.Assertion));
        parameters.Add(Array(issues, i => i.AssertionUntil.UtcDateTime));
        parameters.Add(Array(issues, i => i.Token));
        parameters.Add(Array(issues, i => i.At.UtcDateTime));
        parameters.Add(Array(issues, i => i.Expires.UtcDateTime));
        parameters.Add(Array(issues, i => i.Client));
        parameters.Add(Array(issues, i => i.Scope));
        parameters.Add(Array(issues, i => i.Key));
        parameters.Add(Array(issues, i => i.Detail));

        var fresh = new HashSet<Guid>(issues.Count);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            fresh.Add(reader.GetGuid(0));
        }

        return fresh;
    }

    private static NpgsqlParameter<T[]> Array<T>(List<Issue> issues, Func<Issue, T> of)
    {
        var values = new T[issues.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = of(issues[i]);
        }

        return new NpgsqlParameter<T[]> { TypedValue = values };
    }
}
