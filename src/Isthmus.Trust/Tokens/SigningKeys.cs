using System.Buffers;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Isthmus.Trust.Access.State;
using Isthmus.Trust.Keys;
using Isthmus.Trust.Tokens.Jose;
using Npgsql;
using NpgsqlTypes;

namespace Isthmus.Trust.Tokens;

/// <summary>
/// The authorization server's signing keys: in the database, so that all nodes sign alike, and encrypted under a secret that only this
/// zone is given, so that the database alone cannot.
/// </summary>
/// <remarks>
/// <para>A scheduled rotation publishes the new key before it signs; the old one stays published until its last token has expired and
/// everybody's copy of the set is renewed. No valid token fails.</para>
/// <para>An emergency withdraws every old key at once: it leaves the published set, and a token signed by it is believed only when it
/// stands in the log of issued tokens. What a thief signs does not; what we signed does, and so fails nobody.</para>
/// </remarks>
public sealed class SigningKeys(NpgsqlDataSource source, KeySource keys) : IDisposable
{
    /// <summary>The secret under which private halves are encrypted.</summary>
    public const string SecretName = "tokens";

    /// <summary>How long a new key is published before it signs: longer than others keep the set.</summary>
    public static readonly TimeSpan Notice = TimeSpan.FromMinutes(10);

    /// <summary>How long others may keep the set.</summary>
    public static readonly TimeSpan SetMayBeKept = TimeSpan.FromMinutes(5);

    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly ConcurrentDictionary<string, (JwsSigner Signer, string Header)> signers = new(StringComparer.Ordinal);

    /// <summary>Makes the first key where there is none.</summary>
    public async Task EnsureAsync(short tenant, DateTimeOffset now, CancellationToken cancellation) =>
        await AddAsync(tenant, now, first: true, withdraw: false, "tokens", null, cancellation);

    /// <summary>Adds a key that takes over after <see cref="Notice"/>; in an emergency at once, and every other is withdrawn.</summary>
    /// <returns>The new key's id, and from when it signs.</returns>
    public async Task<(string Id, DateTimeOffset Activates)> RotateAsync(
        short tenant, bool emergency, string by, string reason, DateTimeOffset now, CancellationToken cancellation)
    {
        var activates = emergency ? now : now + Notice;
        var id = await AddAsync(tenant, activates, first: false, emergency, by, reason, cancellation);
        return (id!, activates);
    }

    /// <summary>The key that signs now, with the header of its tokens.</summary>
    /// <exception cref="NoSigningKeyException">There is none.</exception>
    /// <exception cref="CryptographicException">The secret does not open it.</exception>
    /// <exception cref="KeyMissingException">This process was not given the secret.</exception>
    internal async ValueTask<(string Id, JwsSigner Signer, string Header)> CurrentAsync(AccessState state, DateTimeOffset now, CancellationToken cancellation)
    {
        var id = state.SigningKey(now)?.Key.Id ?? throw new NoSigningKeyException();
        if (!signers.TryGetValue(id, out var found))
        {
            found = await LoadAsync(id, cancellation);
            signers[id] = found;
        }

        return (id, found.Signer, found.Header);
    }

    public void Dispose()
    {
        foreach (var (signer, _) in signers.Values)
        {
            signer.Dispose();
        }
    }

    private async Task<string?> AddAsync(
        short tenant, DateTimeOffset activates, bool first, bool withdraw, string by, string? reason, CancellationToken cancellation)
    {
        var (signer, pkcs8) = JwsSigner.Create();
        using (signer)
        {
            var id = signer.PublicKey.Id;
            await using var command = source.CreateCommand("SELECT tokens.add_key($1, $2, $3, $4, $5, $6, $7, $8, $9)");
            command.Parameters.AddWithValue(tenant);
            command.Parameters.AddWithValue(id);
            command.Parameters.AddWithValue(PublicSet(signer.PublicKey));
            command.Parameters.AddWithValue(Wrap(id, pkcs8));
            command.Parameters.AddWithValue(activates.UtcDateTime);
            command.Parameters.AddWithValue(first);
            command.Parameters.AddWithValue(withdraw);
            command.Parameters.AddWithValue(by);
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Text, Value = (object?)reason ?? DBNull.Value });
            return await command.ExecuteScalarAsync(cancellation) is true ? id : null;
        }
    }

    private async Task<(JwsSigner Signer, string Header)> LoadAsync(string id, CancellationToken cancellation)
    {
        await using var command = source.CreateCommand("SELECT wrapped FROM tokens.signing_key WHERE id = $1");
        command.Parameters.AddWithValue(id);
        var wrapped = (byte[])(await command.ExecuteScalarAsync(cancellation))!;
        var signer = JwsSigner.Open(Unwrap(id, wrapped));

        // RFC 9068 section 2.1: the type says that this is an access token, so that it is taken for nothing else.
        var header = $$"""{"typ":"at+jwt","alg":"ES256","kid":"{{id}}"}""";
        return (signer, Base64Url.EncodeToString(Encoding.ASCII.GetBytes(header)));
    }

    private byte[] Wrap(string id, byte[] pkcs8)
    {
        var wrapped = new byte[NonceBytes + pkcs8.Length + TagBytes];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, NonceBytes));
        using var cipher = new AesGcm(WrappingKey(), TagBytes);
        cipher.Encrypt(
            wrapped.AsSpan(0, NonceBytes), pkcs8, wrapped.AsSpan(NonceBytes, pkcs8.Length), wrapped.AsSpan(NonceBytes + pkcs8.Length), Encoding.ASCII.GetBytes(id));
        return wrapped;
    }

    private byte[] Unwrap(string id, byte[] wrapped)
    {
        var pkcs8 = new byte[wrapped.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(WrappingKey(), TagBytes);
        cipher.Decrypt(
            wrapped.AsSpan(0, NonceBytes), wrapped.AsSpan(NonceBytes, pkcs8.Length), wrapped.AsSpan(NonceBytes + pkcs8.Length), pkcs8, Encoding.ASCII.GetBytes(id));
        return pkcs8;
    }

    private byte[] WrappingKey() => HKDF.DeriveKey(HashAlgorithmName.SHA256, keys.Secret(SecretName), 32, info: "isthmus token signing key 1"u8.ToArray());

    private static string PublicSet(JsonWebKey key)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            new KeySet([key]).WriteTo(json);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}

/// <summary>No key signs at the moment.</summary>
public sealed class NoSigningKeyException() : Exception("There is no signing key.");
