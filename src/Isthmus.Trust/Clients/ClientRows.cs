using System.Security.Cryptography;
using System.Text;
using Isthmus.Exchange.Contracts;
using Isthmus.Trust.Access;
using Isthmus.Trust.Tokens.Jose;
using Npgsql;

namespace Isthmus.Trust.Clients;

/// <summary>Clients as they lie in the database.</summary>
internal static class ClientRows
{
    /// <summary>To be followed by a condition.</summary>
    public const string Select =
        """
        SELECT id, tenant, name, integration, environment, purpose, owner, state, expires, scopes, traffic, keys, keys_hash, keys_url,
            algorithms, certificate, subject, requires_dpop, registered_at, registered_by, approved_by, revoked_by
        FROM access.client
        """;

    public static Client Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetString(0),
        Tenant = row.GetInt16(1),
        Name = row.GetString(2),
        Integration = row.GetString(3),
        Environment = Enum.Parse<SiteEnvironment>(row.GetString(4), ignoreCase: true),
        Purpose = row.GetString(5),
        Owner = row.GetString(6),
        State = Enum.Parse<ClientState>(row.GetString(7), ignoreCase: true),
        Expires = row.GetFieldValue<DateTimeOffset>(8),
        // What cannot be read grants nothing.
        Scopes = ScopeSet.TryParse(row.GetString(9), out var scopes) is null ? scopes : ScopeSet.Empty,
        Traffic = Enum.Parse<TrafficClass>(row.GetString(10), ignoreCase: true),
        Credential = new ClientCredential
        {
            Keys = Text(row, 11) is { } keys ? ReadKeys(keys, row.GetFieldValue<byte[]>(12)) : null,
            KeysUrl = Text(row, 13) is { } url ? new Uri(url) : null,
            Algorithms = [.. row.GetFieldValue<string[]>(14).Select(a => Enum.Parse<SignatureAlgorithm>(a))],
            Certificate = Text(row, 15),
            Subject = Text(row, 16),
        },
        RequiresDpop = row.GetBoolean(17),
        RegisteredAt = row.GetFieldValue<DateTimeOffset>(18),
        RegisteredBy = row.GetString(19),
        ApprovedBy = Text(row, 20),
        RevokedBy = Text(row, 21),
    };

    public static byte[] HashOf(string keys) => SHA256.HashData(Encoding.UTF8.GetBytes(keys));

    /// <summary>Keys that are not those of the registration, byte by byte, are nobody's: the client then proves itself by none.</summary>
    private static KeySet ReadKeys(string keys, byte[] hash) =>
        CryptographicOperations.FixedTimeEquals(HashOf(keys), hash) && KeySet.TryRead(Encoding.UTF8.GetBytes(keys), out var set, out _)
            ? set
            : KeySet.None;

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
