using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Isthmus.Fhir.Search.Query;
using Isthmus.Records.Search;

namespace Isthmus.Api.Fhir;

/// <summary>
/// Where a page ended, as the caller carries it: sealed, since it says by what the last match was sorted, and bound to the search and the
/// client, so that it means nothing anywhere else.
/// </summary>
internal sealed class PageSeal(byte[] key)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>Four sort keys of texts fit; a longer token is none of ours.</summary>
    private const int MostCharacters = 8 * 1024;

    public string Seal(SearchPosition position, string client, string search)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(new Carried(
            position.Pack, position.Place, [.. position.Keys.Select(k => new CarriedKey(k.Exists, k.Number, k.Text))]));
        var sealedBytes = new byte[NonceBytes + plain.Length + TagBytes];
        RandomNumberGenerator.Fill(sealedBytes.AsSpan(0, NonceBytes));
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(sealedBytes.AsSpan(0, NonceBytes), plain, sealedBytes.AsSpan(NonceBytes, plain.Length), sealedBytes.AsSpan(NonceBytes + plain.Length), Bound(client, search));
        return Base64Url.EncodeToString(sealedBytes);
    }

    /// <summary>Null for what was not sealed here, or for another client or another search.</summary>
    public SearchPosition? Open(string token, string client, string search)
    {
        var bytes = new byte[MostCharacters];
        if (token.Length > MostCharacters || !Base64Url.TryDecodeFromChars(token, bytes, out var length) || length < NonceBytes + TagBytes)
        {
            return null;
        }

        var plain = new byte[length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(key, TagBytes);
        try
        {
            cipher.Decrypt(bytes.AsSpan(0, NonceBytes), bytes.AsSpan(NonceBytes, plain.Length), bytes.AsSpan(NonceBytes + plain.Length, TagBytes), plain, Bound(client, search));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        var carried = JsonSerializer.Deserialize<Carried>(plain)!;
        return new SearchPosition(
            [.. carried.Keys.Select(k => !k.Exists ? default : k.Text is { } text ? SearchKey.Of(text) : SearchKey.Of(k.Number))], carried.Pack, carried.Place);
    }

    private static byte[] Bound(string client, string search) => SHA256.HashData(Encoding.UTF8.GetBytes($"isthmus page v1\n{client}\n{search}"));

    private sealed record Carried(long Pack, int Place, IReadOnlyList<CarriedKey> Keys);

    private sealed record CarriedKey(bool Exists, decimal Number, string? Text);
}
