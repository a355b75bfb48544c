using System.Buffers;
using System.Text;

namespace Isthmus.Simulators.Ehr;

/// <summary><c>Type/id</c>, the name of a resource on this server.</summary>
internal static class ResourceName
{
    // R4 datatypes.html#id: letters, digits, - and ., at most 64.
    private const int LongestId = 64;

    private static readonly SearchValues<byte> IdBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-."u8);

    private static readonly SearchValues<byte> Letters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    public static bool IsType(ReadOnlySpan<byte> type) =>
        !type.IsEmpty && char.IsAsciiLetterUpper((char)type[0]) && !type.ContainsAnyExcept(Letters);

    public static bool IsId(ReadOnlySpan<byte> id) =>
        id.Length is > 0 and <= LongestId && !id.ContainsAnyExcept(IdBytes);

    /// <summary>Is <paramref name="url"/> the name of this type and id, both well formed?</summary>
    public static bool Names(ReadOnlySpan<byte> url, ReadOnlySpan<byte> type, ReadOnlySpan<byte> id) =>
        IsType(type) && IsId(id)
        && url.Length == type.Length + 1 + id.Length
        && url.StartsWith(type) && url[type.Length] == (byte)'/' && url.EndsWith(id);

    /// <summary>A name for a resource whose id the server assigns.</summary>
    public static byte[] New(ReadOnlySpan<byte> type) =>
        [.. type, (byte)'/', .. Encoding.ASCII.GetBytes(Guid.CreateVersion7().ToString())];
}
