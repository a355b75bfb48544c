using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Isthmus.Fhir.Elements;

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

    /// <summary>Prefixes of this length find a family name while it is typed; shorter ones would find everyone.</summary>
    private const int ShortestPrefix = 3;

    private const int LongestPrefix = 8;

    /// <summary>The distinct tokens of all resources of a pack, in order.</summary>
    public long[] Of(IReadOnlyList<ResourceDraft> resources)
    {
        var tokens = new SortedSet<long>();
        foreach (var resource in resources)
        {
            Add(tokens, resource);
        }

        return [.. tokens];
    }

    /// <summary>The token of one value, as a query asks for it.</summary>
    public long Token(string type, string parameter, ReadOnlySpan<byte> system, ReadOnlySpan<byte> value)
    {
        Span<byte> text = stackalloc byte[512];
        var length = Encoding.UTF8.GetBytes(type, text);
        length += Encoding.UTF8.GetBytes(parameter, text[length..]);
        text[length++] = (byte)'|';
        length += CopyBounded(system, text[length..^130]);
        text[length++] = (byte)'|';
        length += CopyBounded(value, text[length..]);
        Span<byte> hash = stackalloc byte[32];
        HMACSHA256.HashData(key, text[..length], hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }

    private static int CopyBounded(ReadOnlySpan<byte> from, Span<byte> to)
    {
        var length = Math.Min(from.Length, to.Length);
        from[..length].CopyTo(to);
        return length;
    }

    private void Add(SortedSet<long> tokens, ResourceDraft resource)
    {
        var type = resource.Type;
        foreach (var identifier in resource.Root["identifier"u8])
        {
            tokens.Add(Token(type, "identifier", identifier["system"u8].Text, identifier["value"u8].Text));
        }

        foreach (var coding in resource.Root["code"u8]["coding"u8])
        {
            tokens.Add(Token(type, "code", coding["system"u8].Text, coding["code"u8].Text));
        }

        if (resource.Root["status"u8] is { Exists: true } status)
        {
            tokens.Add(Token(type, "status", [], status.Text));
        }

        foreach (var element in DateElements)
        {
            if (resource.Root[element] is { Exists: true } date)
            {
                tokens.Add(Token(type, "date", [], date.Text[..Math.Min(10, date.Text.Length)]));
            }
        }

        if (type == "Patient")
        {
            AddDemographics(tokens, resource.Root);
        }
    }

    private void AddDemographics(SortedSet<long> tokens, FhirElement patient)
    {
        foreach (var name in patient["name"u8])
        {
            var family = Encoding.UTF8.GetBytes((name["family"u8].AsString() ?? string.Empty).Normalize().ToUpperInvariant());
            for (var length = ShortestPrefix; length <= Math.Min(LongestPrefix, family.Length); length++)
            {
                tokens.Add(Token("Patient", "family", [], family.AsSpan(0, length)));
            }
        }

        var born = patient["birthDate"u8].Text;
        foreach (var length in (ReadOnlySpan<int>)[4, 7, 10])
        {
            if (born.Length >= length)
            {
                tokens.Add(Token("Patient", "birthdate", [], born[..length]));
            }
        }
    }
}
