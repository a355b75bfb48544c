using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Isthmus.Exchange;
using Isthmus.Exchange.Contracts;
using Isthmus.Trust.Access;
using Isthmus.Trust.Tokens.Jose;
using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Trust.Clients;

/// <summary>
/// Registers clients, lets another person approve them, and revokes them. Each change and its ledger event are one function of the
/// database; nodes learn of it by the epoch, within a second.
/// </summary>
/// <param name="source">The operator's login; to register also the authorization server's.</param>
public sealed class ClientRegistry(NpgsqlDataSource source, TimeProvider time)
{
    private const string Register =
        "SELECT access.register_client($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";

    /// <summary>Without letters and digits that are taken for one another: ids are read out over the telephone.</summary>
    private const string Letters = "bcdfghjkmnpqrstvwxz23456789";

    private const int RandomLetters = 12;

    /// <summary>Registers a client, which then waits for approval.</summary>
    /// <param name="by">Who proposes it.</param>
    /// <returns>The id that the client will call itself.</returns>
    /// <exception cref="RefusalException">It may not be registered so.</exception>
    public async Task<string> RegisterAsync(ClientDraft draft, ApiContract contract, AccessPolicy? policy, string by, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(draft);
        if (draft.Refuse(contract, policy, time.GetUtcNow()) is { } refusal)
        {
            throw new RefusalException(refusal);
        }

        var id = $"{contract.Name}-{RandomNumberGenerator.GetString(Letters, RandomLetters)}";
        var credential = draft.Credential;
        var keys = credential.Keys is { } set ? Canonical(set) : null;
        await using var command = source.CreateCommand(Register);
        var parameters = command.Parameters;
        parameters.AddWithValue(id);
        parameters.AddWithValue(draft.Tenant);
        parameters.AddWithValue(draft.Name);
        parameters.AddWithValue(contract.Name);
        parameters.AddWithValue(draft.Environment.ToString().ToLowerInvariant());
        parameters.AddWithValue(draft.Purpose);
        parameters.AddWithValue(draft.Owner);
        parameters.AddWithValue(draft.Expires.UtcDateTime);
        parameters.AddWithValue(draft.Scopes.ToString());
        parameters.AddWithValue((draft.Traffic ?? contract.Traffic).ToString().ToLowerInvariant());
        parameters.Add(Nullable(keys));
        parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Bytea, Value = keys is null ? DBNull.Value : ClientRows.HashOf(keys) });
        parameters.Add(Nullable(credential.KeysUrl?.OriginalString));
        parameters.AddWithValue(draft.Algorithms().Select(a => a.Name()).ToArray());
        parameters.Add(Nullable(credential.Certificate));
        parameters.Add(Nullable(credential.Subject));
        parameters.AddWithValue(draft.RequiresDpop);
        parameters.AddWithValue(by);
        await command.ExecuteNonQueryAsync(cancellation);
        return id;
    }

    /// <exception cref="RefusalException">It does not wait for approval, or the same person registered it.</exception>
    public Task ApproveAsync(string id, string by, string reason, CancellationToken cancellation) =>
        DecideAsync("SELECT access.approve_client($1, $2, $3)", id, by, reason, cancellation);

    /// <summary>Takes a client out, and with it every token it has.</summary>
    /// <exception cref="RefusalException">There is none, or it is revoked already.</exception>
    public Task RevokeAsync(string id, string by, string reason, CancellationToken cancellation) =>
        DecideAsync("SELECT access.revoke_client($1, $2, $3)", id, by, reason, cancellation);

    /// <summary>Every client of a tenant, the latest first.</summary>
    public async Task<IReadOnlyList<Client>> ListAsync(short tenant, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand($"{ClientRows.Select} WHERE tenant = $1 ORDER BY registered_at DESC");
        command.Parameters.AddWithValue(tenant);
        var clients = new List<Client>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            clients.Add(ClientRows.Read(reader));
        }

        return clients;
    }

    public async Task<Client?> FindAsync(string id, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand($"{ClientRows.Select} WHERE id = $1");
        command.Parameters.AddWithValue(id);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? ClientRows.Read(reader) : null;
    }

    private async Task DecideAsync(string function, string id, string by, string reason, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand(function);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(by);
        command.Parameters.AddWithValue(reason);
        if (await command.ExecuteScalarAsync(cancellation) is string rule)
        {
            throw new RefusalException(ClientRules.Named(rule));
        }
    }

    /// <summary>As we write a set, so that its hash does not hang on somebody's whitespace.</summary>
    private static string Canonical(KeySet set)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            set.WriteTo(json);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static NpgsqlParameter Nullable(string? text) => new() { NpgsqlDbType = NpgsqlDbType.Text, Value = (object?)text ?? DBNull.Value };
}
