using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Isthmus.Trust.Keys;
using Npgsql;

namespace Isthmus.Records.Keys;

/// <summary>
/// The tenant's data key: kept in the database wrapped by a key-encryption key that only the key file holds
/// (AES-256-GCM over the key, bound to tenant and version). Everything else is derived from it by HKDF.
/// </summary>
public sealed class TenantKeys
{
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly byte[] dataKey;

    private TenantKeys(short tenant, short version, byte[] dataKey)
    {
        Tenant = tenant;
        Version = version;
        this.dataKey = dataKey;
        SearchKey = Derive("search v1");
        IdentityKey = Derive("identity v1");
        ResourceIdKey = Derive("resource ids v1");
        SignalKey = Derive("signals v1");
        CodeKey = Derive("unmapped codes v1");
    }

    public short Tenant { get; }

    /// <summary>Written beside everything the key protects.</summary>
    public short Version { get; }

    /// <summary>Keys the hashes by which identifiers find a person.</summary>
    public byte[] IdentityKey { get; }

    /// <summary>Keys the deterministic ids of resources.</summary>
    public byte[] ResourceIdKey { get; }

    /// <summary>Keys the business keys of signals to Workflow.</summary>
    public byte[] SignalKey { get; }

    /// <summary>Keys the hashes by which a code that no table knows is known again.</summary>
    public byte[] CodeKey { get; }

    internal byte[] SearchKey { get; }

    /// <summary>Loads the tenant's current data key, making the first one where there is none.</summary>
    /// <param name="keyFile">The file of the key-encryption key.</param>
    /// <exception cref="KeyMissingException">This process was not given the key-encryption key.</exception>
    /// <exception cref="AuthenticationTagMismatchException">The key file is not the one that wrapped the data key.</exception>
    public static async Task<TenantKeys> LoadAsync(
        NpgsqlDataSource source, KeySource keys, string keyFile, short tenant, CancellationToken cancellation)
    {
        await using (var create = source.CreateCommand(
            "INSERT INTO phi.tenant_key (tenant, version, wrapped) VALUES ($1, 1, $2) ON CONFLICT DO NOTHING"))
        {
            create.Parameters.AddWithValue(tenant);
            create.Parameters.AddWithValue(Wrap(RandomNumberGenerator.GetBytes(KeyBytes), keys.Secret(keyFile), tenant, version: 1));
            await create.ExecuteNonQueryAsync(cancellation);
        }

        return (await FindAsync(source, keys, keyFile, tenant, cancellation))!;
    }

    /// <summary>The tenant's current data key, for those who only read; null as long as nothing was ever written under one.</summary>
    /// <inheritdoc cref="LoadAsync" path="/exception"/>
    public static async Task<TenantKeys?> FindAsync(
        NpgsqlDataSource source, KeySource keys, string keyFile, short tenant, CancellationToken cancellation)
    {
        var wrapping = keys.Secret(keyFile);
        await using var read = source.CreateCommand(
            "SELECT version, wrapped FROM phi.tenant_key WHERE tenant = $1 ORDER BY version DESC LIMIT 1");
        read.Parameters.AddWithValue(tenant);
        await using var row = await read.ExecuteReaderAsync(cancellation);
        if (!await row.ReadAsync(cancellation))
        {
            return null;
        }

        var version = row.GetInt16(0);
        return new TenantKeys(tenant, version, Unwrap(row.GetFieldValue<byte[]>(1), wrapping, tenant, version));
    }

    /// <summary>The key of one record, from its salt.</summary>
    internal void RecordKey(ReadOnlySpan<byte> salt, Span<byte> key) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, dataKey, key, salt, "isthmus record v1"u8);

    private static byte[] Wrap(byte[] key, byte[] wrapping, short tenant, short version)
    {
        var wrapped = new byte[NonceBytes + KeyBytes + TagBytes];
        var nonce = wrapped.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(wrapping, TagBytes);
        cipher.Encrypt(nonce, key, wrapped.AsSpan(NonceBytes, KeyBytes), wrapped.AsSpan(NonceBytes + KeyBytes), Bound(tenant, version));
        return wrapped;
    }

    private static byte[] Unwrap(byte[] wrapped, byte[] wrapping, short tenant, short version)
    {
        var key = new byte[KeyBytes];
        using var cipher = new AesGcm(wrapping, TagBytes);
        cipher.Decrypt(
            wrapped.AsSpan(0, NonceBytes), wrapped.AsSpan(NonceBytes, KeyBytes), wrapped.AsSpan(NonceBytes + KeyBytes), key, Bound(tenant, version));
        return key;
    }

    private static byte[] Bound(short tenant, short version) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"phi.tenant_key|{tenant}|{version}"));

    private byte[] Derive(string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, dataKey, KeyBytes, salt: [], Encoding.ASCII.GetBytes("isthmus " + purpose));
}
