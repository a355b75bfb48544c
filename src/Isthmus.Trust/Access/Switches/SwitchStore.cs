using Npgsql;

namespace Isthmus.Trust.Access.Switches;

/// <summary>The switches in the store: read by every zone that heeds them, turned under the operator's login only.</summary>
public sealed class SwitchStore(NpgsqlDataSource source)
{
    internal const string ListSql = "SELECT tenant, kind, target, off_at, off_by, reason FROM access.switch ORDER BY off_at, kind, target";

    /// <summary>Switches off, with the person and the reason for the ledger. False when it was off already.</summary>
    public Task<bool> OffAsync(short tenant, SwitchKind kind, string target, string by, string reason, CancellationToken cancellation) =>
        TurnAsync("SELECT access.switch_off($1, $2, $3, $4, $5)", tenant, kind, target, by, reason, cancellation);

    /// <summary>Switches on again. False when it was on already.</summary>
    public Task<bool> OnAsync(short tenant, SwitchKind kind, string target, string by, string reason, CancellationToken cancellation) =>
        TurnAsync("SELECT access.switch_on($1, $2, $3, $4, $5)", tenant, kind, target, by, reason, cancellation);

    /// <summary>All that is off, in the order in which it was switched off.</summary>
    public async Task<IReadOnlyList<Switch>> ListAsync(CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(ListSql);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await ReadAsync(reader, cancellation);
    }

    /// <summary>The rows of <see cref="ListSql"/>.</summary>
    internal static async Task<IReadOnlyList<Switch>> ReadAsync(NpgsqlDataReader reader, CancellationToken cancellation)
    {
        var found = new List<Switch>();
        while (await reader.ReadAsync(cancellation))
        {
            // A kind that a newer version knows stops nothing that this one knows.
            if (SwitchKinds.TryParse(reader.GetString(1), out var kind))
            {
                found.Add(new Switch(reader.GetInt16(0), kind, reader.GetString(2), reader.GetDateTime(3), reader.GetString(4), reader.GetString(5)));
            }
        }

        return found;
    }

    private async Task<bool> TurnAsync(
        string sql, short tenant, SwitchKind kind, string target, string by, string reason, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(sql);
        command.Parameters.AddWithValue(tenant);
        command.Parameters.AddWithValue(kind.Word());
        command.Parameters.AddWithValue(target);
        command.Parameters.AddWithValue(by);
        command.Parameters.AddWithValue(reason);
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }
}
