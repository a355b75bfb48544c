using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Isthmus.Fhir.Search.Query;
using Isthmus.Records.Keys;
using Isthmus.Records.Search;

namespace Isthmus.Api.Fhir;

/// <summary>
/// Where a page ended, as the caller carries it: encrypted as a row is, since it says by what the last match was sorted, and bound to the
/// search and the client, so that it means nothing anywhere else.
/// </summary>
internal sealed class PageSeal(TenantKeys keys)
{
    /// <summary>Four sort keys of texts fit; a longer token is none of ours.</summary>
    private const int MostCharacters = 8 * 1024;

    public string Seal(SearchPosition position, string client, string search)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(new Carried(
            position.Pack, position.Place, [.. position.Keys.Select(k => new CarriedKey(k.Exists, k.Number, k.Text))]));
        return Base64Url.EncodeToString(RowCipher.Encrypt(keys, plain, Bound(client, search)));
    }

    /// <summary>Null for what was not sealed here, or for another client or another search.</summary>
    public SearchPosition? Open(string token, string client, string search)
    {
        var bytes = new byte[MostCharacters];
        if (token.Length > MostCharacters || !Base64Url.TryDecodeFromChars(token, bytes, out var length))
        {
            return null;
        }

        Carried carried;
        try
        {
            carried = JsonSerializer.Deserialize<Carried>(RowCipher.Decrypt(keys, bytes.AsSpan(0, length), Bound(client, search)))!;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        return new SearchPosition(
            [.. carried.Keys.Select(k => !k.Exists ? default : k.Text is { } text ? SearchKey.Of(text) : SearchKey.Of(k.Number))], carried.Pack, carried.Place);
    }

    private static string Bound(string client, string search) => $"page|{client}|{search}";

    private sealed record Carried(long Pack, int Place, IReadOnlyList<CarriedKey> Keys);

    private sealed record CarriedKey(bool Exists, decimal Number, string? Text);
}
