using System.Security.Cryptography;
using System.Text.Json;
using Isthmus.Api.Tests.Running;
using Isthmus.Store.Connections;
using Isthmus.Trust.Keys;
using Isthmus.Trust.Tests.Tokens.Jose;
using Isthmus.Trust.Tokens;
using Isthmus.Trust.Tokens.Jose;
using Npgsql;

namespace Isthmus.Api.Tests.OAuth;

/// <summary>Keys change, on schedule and in a hurry, and no valid token fails.</summary>
public sealed class KeyRotationTests : IAsyncLifetime
{
    private readonly DoorOfItsOwn own = new();
    private RunningDoor door = null!;

    public async Task InitializeAsync() => door = await own.OpenAsync();

    public async Task DisposeAsync() => await own.DisposeAsync();

    [Fact]
    public async Task A_scheduled_rotation_is_announced_before_it_signs_and_fails_no_token()
    {
        var client = await door.ClientAsync();
        var old = door.Server.PublishedKeys().Keys[0].Id;

        var (next, activates) = await door.Server.Keys.RotateAsync(1, emergency: false, "anna", "yearly", door.Time.GetUtcNow(), default);
        await door.Watch.ConfirmAsync(default);
        Assert.Equal([old, next], door.Server.PublishedKeys().Keys.Select(k => k.Id));
        Assert.Equal(old, KeyOf(await client.TokenAsync()));

        // The last token of the old key is good until it expires, although the new one signs.
        await MoveAsync(activates - TimeSpan.FromSeconds(2) - door.Time.GetUtcNow());
        var last = await client.TokenAsync();
        await MoveAsync(TimeSpan.FromSeconds(4));
        var first = await client.TokenAsync();
        Assert.Equal((old, next), (KeyOf(last), KeyOf(first)));
        await MoveAsync(TimeSpan.FromMinutes(4));
        Assert.NotNull((await door.Check.CheckAsync(HostileTokenTests.Bearer(last), default)).Caller);
        Assert.Equal([old, next], door.Server.PublishedKeys().Keys.Select(k => k.Id));

        await MoveAsync(TimeSpan.FromHours(1));
        Assert.Equal([next], door.Server.PublishedKeys().Keys.Select(k => k.Id));
    }

    [Fact]
    public async Task An_emergency_withdraws_a_stolen_key_and_fails_no_token_that_we_issued()
    {
        var client = await door.ClientAsync();
        var token = await client.TokenAsync();
        var stolen = await StealAsync();

        var (next, _) = await door.Server.Keys.RotateAsync(1, emergency: true, "anna", "the key was seen", door.Time.GetUtcNow(), default);
        await door.Watch.ConfirmAsync(default);

        Assert.Equal([next], door.Server.PublishedKeys().Keys.Select(k => k.Id));
        Assert.NotNull((await door.Check.CheckAsync(HostileTokenTests.Bearer(token), default)).Caller);
        Assert.Equal(next, KeyOf(await client.TokenAsync()));
        Assert.Equal(TokenRules.TokenInvalid, (await door.Check.CheckAsync(HostileTokenTests.Bearer(Forged(stolen, client.Id)), default)).Refusal);
    }

    [Fact]
    public async Task A_forged_token_that_was_seen_before_the_emergency_is_refused_after_it()
    {
        var client = await door.ClientAsync();
        var forged = HostileTokenTests.Bearer(Forged(await StealAsync(), client.Id));
        Assert.NotNull((await door.Check.CheckAsync(forged, default)).Caller);

        await door.Server.Keys.RotateAsync(1, emergency: true, "anna", "the key was seen", door.Time.GetUtcNow(), default);
        await door.Watch.ConfirmAsync(default);

        Assert.Equal(TokenRules.TokenInvalid, (await door.Check.CheckAsync(forged, default)).Refusal);
    }

    [Fact]
    public async Task The_database_alone_cannot_sign()
    {
        await using var command = door.Store.For(ZoneRole.Tokens).CreateCommand("SELECT wrapped FROM tokens.signing_key");
        var wrapped = (byte[])(await command.ExecuteScalarAsync())!;

        Assert.ThrowsAny<CryptographicException>(() => JwsSigner.Open(wrapped));
        await using var asAdmission = door.Store.For(ZoneRole.Admission).CreateCommand("SELECT wrapped FROM tokens.signing_key");
        await Assert.ThrowsAsync<PostgresException>(() => asAdmission.ExecuteScalarAsync());
    }

    private async Task MoveAsync(TimeSpan by)
    {
        door.Time.Shift += by;
        await door.Watch.ConfirmAsync(default);
    }

    private static string KeyOf(string token) => CompactJws.TryRead(Forge.Utf8(token), out var jws, out _) ? jws.Header.KeyId : "";

    /// <summary>As somebody does who has both the database and the secret.</summary>
    private async Task<JwsSigner> StealAsync()
    {
        await using var command = door.Store.For(ZoneRole.Tokens).CreateCommand("SELECT id, wrapped FROM tokens.signing_key");
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        var (id, wrapped) = (reader.GetString(0), reader.GetFieldValue<byte[]>(1));
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, door.Keys.Secret(SigningKeys.SecretName), 32, info: "isthmus token signing key 1"u8.ToArray());
        var pkcs8 = new byte[wrapped.Length - 28];
        using var cipher = new AesGcm(key, 16);
        cipher.Decrypt(wrapped.AsSpan(0, 12), wrapped.AsSpan(12, pkcs8.Length), wrapped.AsSpan(12 + pkcs8.Length), pkcs8, System.Text.Encoding.ASCII.GetBytes(id));
        return JwsSigner.Open(pkcs8);
    }

    private string Forged(JwsSigner key, string client)
    {
        var (now, issuer) = (door.Time.GetUtcNow().ToUnixTimeSeconds(), door.Site.Access!.Issuer);
        return key.Sign(
            Forge.Encode($$"""{"typ":"at+jwt","alg":"ES256","kid":"{{key.PublicKey.Id}}"}"""),
            JsonSerializer.SerializeToUtf8Bytes(new { iss = issuer, aud = issuer, sub = client, client_id = client, iat = now, exp = now + 200, jti = "forged", scope = "system/Patient.rs" }));
    }
}
