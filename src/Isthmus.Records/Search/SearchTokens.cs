using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Search;

namespace Isthmus.Records.Search;

/// <summary>
/// The search values that commit with a resource: keyed hashes of identifier, code, status and day, so that the index
/// finds a resource without saying what it is about. Names and birth dates are found by hashes of normalised prefixes.
/// </summary>
internal sealed class SearchTokens(byte[] key)
{
    private static readonly byte[][] DateElements =
    [
        "effectiveDateTime"u8.ToArray(), "issued"u8.ToArray(), "authoredOn"u8.ToArray(), "occurrenceDateTime"u8.ToArray(),
        "recorded"u8.ToArray(), "receivedTime"u8.ToArray(),
    ];

    private const int MostText = 512;

    /// <summary>Prefixes of this length find a family name while it is typed; shorter ones would find everyone.</summary>
    private const int ShortestPrefix = 3;

    private const int LongestPrefix = 8;

    private readonly TokenMemo repeated = new();

    /// <summary>The distinct tokens of all resources of a pack, in order.</summary>
    public long[] Of(IReadOnlyList<ResourceDraft> resources)
    {
        var tokens = new List<long>(resources.Count * 6);
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        foreach (var resource in resources)
        {
            Add(tokens, mac, resource);
        }

        tokens.Sort();
        var distinct = 0;
        var all = CollectionsMarshal.AsSpan(tokens);
        foreach (var token in all)
        {
            if (distinct == 0 || all[distinct - 1] != token)
            {
                all[distinct++] = token;
            }
        }

        return [.. all[..distinct]];
    }

    /// <summary>The token of one value, as a query asks for it.</summary>
    public long Token(string type, string parameter, ReadOnlySpan<byte> system, ReadOnlySpan<byte> value)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        return Token(mac, type, parameter, system, value);
    }

    private static long Token(IncrementalHash mac, string type, string parameter, ReadOnlySpan<byte> system, ReadOnlySpan<byte> value)
    {
        Span<byte> text = stackalloc byte[MostText];
        return Token(mac, text[..Spell(text, type, parameter, system, value)]);
    }

    /// <summary>A token that message after message has: of a code, a status, a day, and never of a person.</summary>
    private long RepeatedToken(IncrementalHash mac, string type, string parameter, ReadOnlySpan<byte> system, ReadOnlySpan<byte> value)
    {
        Span<byte> text = stackalloc byte[MostText];
        text = text[..Spell(text, type, parameter, system, value)];
        if (!repeated.TryGet(text, out var token))
        {
            token = Token(mac, text);
            repeated.Add(text, token);
        }

        return token;
    }

    private static long Token(IncrementalHash mac, ReadOnlySpan<byte> text)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        mac.AppendData(text);
        mac.GetHashAndReset(hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }

    private static int Spell(Span<byte> text, string type, string parameter, ReadOnlySpan<byte> system, ReadOnlySpan<byte> value)
    {
        var length = Encoding.UTF8.GetBytes(type, text);
        length += Encoding.UTF8.GetBytes(parameter, text[length..]);
        text[length++] = (byte)'|';
        length += CopyBounded(system, text[length..^130]);
        text[length++] = (byte)'|';
        return length + CopyBounded(value, text[length..]);
    }

    private static int CopyBounded(ReadOnlySpan<byte> from, Span<byte> to)
    {
        var length = Math.Min(from.Length, to.Length);
        from[..length].CopyTo(to);
        return length;
    }

    private void Add(List<long> tokens, IncrementalHash mac, ResourceDraft resource)
    {
        var type = resource.Type;
        foreach (var element in resource.Root)
        {
            var name = element.Name;
            if (element.IsSibling)
            {
                continue;
            }

            if (name.SequenceEqual("identifier"u8))
            {
                foreach (var identifier in element)
                {
                    tokens.Add(Token(mac, type, "identifier", identifier["system"u8].Text, identifier["value"u8].Text));
                }
            }
            else if (name.SequenceEqual("code"u8))
            {
                foreach (var coding in element["coding"u8])
                {
                    tokens.Add(RepeatedToken(mac, type, "code", coding["system"u8].Text, coding["code"u8].Text));
                }
            }
            else if (name.SequenceEqual("status"u8))
            {
                tokens.Add(RepeatedToken(mac, type, "status", [], element.Text));
            }
            else if (IsDate(name))
            {
                tokens.Add(RepeatedToken(mac, type, "date", [], element.Text[..Math.Min(10, element.Text.Length)]));
            }
        }

        if (type == "Patient")
        {
            AddDemographics(tokens, mac, resource.Root);
        }
    }

    private static bool IsDate(ReadOnlySpan<byte> name)
    {
        foreach (var date in DateElements)
        {
            if (name.SequenceEqual(date))
            {
                return true;
            }
        }

        return false;
    }

    private static void AddDemographics(List<long> tokens, IncrementalHash mac, FhirElement patient)
    {
        foreach (var name in patient["name"u8])
        {
            var family = Encoding.UTF8.GetBytes(SearchText.Fold(name["family"u8].AsString()));
            for (var length = ShortestPrefix; length <= Math.Min(LongestPrefix, family.Length); length++)
            {
                tokens.Add(Token(mac, "Patient", "family", [], family.AsSpan(0, length)));
            }
        }

        var born = patient["birthDate"u8].Text;
        foreach (var length in (ReadOnlySpan<int>)[4, 7, 10])
        {
            if (born.Length >= length)
            {
                tokens.Add(Token(mac, "Patient", "birthdate", [], born[..length]));
            }
        }
    }
}
