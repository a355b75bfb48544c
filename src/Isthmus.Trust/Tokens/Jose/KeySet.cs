using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Isthmus.Exchange;

namespace Isthmus.Trust.Tokens.Jose;

/// <summary>The public keys of one party (RFC 7517 section 5).</summary>
public sealed class KeySet
{
    /// <summary>A set of thirty RSA keys has 20 KiB.</summary>
    public const int MostBytes = 64 * 1024;

    internal const int MostKeys = 32;
    private const int Depth = 8;

    private static readonly string[] Names = ["keys"];
    private static readonly JsonReaderOptions Strict = new() { MaxDepth = Depth };

    private readonly ILookup<string, JsonWebKey> byId;

    public KeySet(IReadOnlyList<JsonWebKey> keys)
    {
        Keys = keys;
        byId = keys.ToLookup(k => k.Id, StringComparer.Ordinal);
    }

    public static KeySet None { get; } = new([]);

    public IReadOnlyList<JsonWebKey> Keys { get; }

    /// <summary>
    /// The one key of that id that a signature by the algorithm can be of. Null when there is none, and when there are several:
    /// SMART backend services, signature verification, step 3.
    /// </summary>
    public JsonWebKey? Find(string id, SignatureAlgorithm algorithm)
    {
        JsonWebKey? found = null;
        foreach (var key in byId[id])
        {
            if (key.Fits(algorithm))
            {
                if (found is not null)
                {
                    return null;
                }

                found = key;
            }
        }

        return found;
    }

    /// <summary>Reads a set as a client registers it. Keys of other kinds and purposes are passed over; one that is faulty refuses the set.</summary>
    public static bool TryRead(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out KeySet? set, [NotNullWhen(false)] out Refusal? refusal)
    {
        set = null;
        refusal = utf8.Length > MostBytes ? JoseRules.KeySetTooLarge : null;
        if (refusal is not null)
        {
            return false;
        }

        ReadOnlySpan<byte> list = default;
        var walk = new StrictObject(utf8, Depth, Names);
        while (walk.Next(out var name))
        {
            if (name == "keys")
            {
                list = walk.Raw();
            }
        }

        if (walk.IsFaulty || list is not [(byte)'[', ..])
        {
            refusal = JoseRules.KeySetUnreadable;
            return false;
        }

        return TryReadKeys(list, out set, out refusal);
    }

    public void WriteTo(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        json.WriteStartArray("keys");
        foreach (var key in Keys)
        {
            key.WriteTo(json);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <param name="list">An array that was walked through before, so that it is well-formed.</param>
    private static bool TryReadKeys(ReadOnlySpan<byte> list, out KeySet? set, [NotNullWhen(false)] out Refusal? refusal)
    {
        (set, refusal) = (null, null);
        var keys = new List<JsonWebKey>();
        var reader = new Utf8JsonReader(list, Strict);
        reader.Read();
        for (var count = 1; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (count > MostKeys)
            {
                refusal = JoseRules.KeySetTooLarge;
                return false;
            }

            if (JsonWebKeyReader.TryRead(list[start..(int)reader.BytesConsumed], out var key, out refusal))
            {
                keys.Add(key);
            }
            else if (refusal is not null)
            {
                return false;
            }
        }

        var twice = keys.GroupBy(k => (k.Id, k.Kind)).Any(same => same.Count() > 1);
        refusal = keys.Count == 0 ? JoseRules.KeySetEmpty
            : twice || keys.Exists(k => k.Id.Length == 0) ? JoseRules.KeyIdMissing
            : null;
        set = new KeySet(keys);
        return refusal is null;
    }
}
