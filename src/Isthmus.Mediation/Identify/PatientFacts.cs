using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Isthmus.Exchange.Contracts;
using Isthmus.Fhir.Search;
using Isthmus.Hl7v2;
using Isthmus.Trust.Keys;

namespace Isthmus.Mediation.Identify;

/// <summary>
/// What a message says of its patient, as keyed hashes: enough to find and to compare, nothing to read. A fact that is
/// not there is 0 and contradicts nothing.
/// </summary>
/// <param name="Identifiers">Keys of the identifiers that the contract trusts.</param>
internal sealed record PatientFacts(IReadOnlyList<Guid> Identifiers, long Family, long Given, long Birth, char Sex)
{
    /// <summary>Reads PID-3, PID-5, PID-7 and PID-8.</summary>
    public static PatientFacts Of(Hl7Message message, IdentityTerms terms, byte[] key)
    {
        var pid = message.First("PID");
        var name = pid.Field(5).Repetition(1);
        var born = pid.Field(7).Value.Raw;
        return new PatientFacts(
            IdentifiersIn(pid.Field(3), terms, key),
            TextKey(key, "family", name.Component(1).Value.GetText()),
            TextKey(key, "given", name.Component(2).Value.GetText()),
            TextKey(key, "birth", born.Length >= 8 ? Encoding.ASCII.GetString(born[..8]) : string.Empty),
            SexOf(pid.Field(8).Value.GetText()));
    }

    /// <summary>Keys of the identifiers in a field of type CX (PID-3, MRG-1) that the contract trusts.</summary>
    public static IReadOnlyList<Guid> IdentifiersIn(Hl7Field field, IdentityTerms terms, byte[] key)
    {
        var identifiers = new List<Guid>(2);
        foreach (var repetition in field.Repetitions)
        {
            // A null ("") or blank identifier is nobody's, and would be everybody's.
            var value = repetition.Component(1).Value;
            if (!value.IsNull && !string.IsNullOrWhiteSpace(value.GetText()) && SystemOf(repetition, terms) is { } system)
            {
                var identifier = IdentifierKey(key, system, value.GetText());
                if (!identifiers.Contains(identifier))
                {
                    identifiers.Add(identifier);
                }
            }
        }

        return identifiers;
    }

    /// <summary>The key under which an identifier finds its person; blanks around it are no part of it.</summary>
    public static Guid IdentifierKey(byte[] key, string system, string value)
    {
        Span<byte> hash = stackalloc byte[KeyedHash.Length];
        KeyedHash.Compute(key, Encoding.UTF8.GetBytes($"identifier\0{system}\0{value.Trim()}"), hash);
        return new Guid(hash[..16]);
    }

    /// <summary>The key of a demographic text, blind to case, accents and punctuation; 0 for none.</summary>
    public static long TextKey(byte[] key, string kind, string text)
    {
        var plain = SearchText.Fold(text).Replace(" ", string.Empty, StringComparison.Ordinal);
        if (plain.Length == 0)
        {
            return 0;
        }

        Span<byte> hash = stackalloc byte[KeyedHash.Length];
        KeyedHash.Compute(key, Encoding.UTF8.GetBytes($"{kind}\0{plain}"), hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash) | 1;
    }

    /// <summary>m, f, o, or u where it is not said; from HL7 table 0001 or a FHIR gender.</summary>
    public static char SexOf(string text) =>
        text.Length == 0 ? 'u' : char.ToLower(text[0], CultureInfo.InvariantCulture) is var c and ('m' or 'f' or 'o') ? c : 'u';

    private static string? SystemOf(Hl7Repetition identifier, IdentityTerms terms)
    {
        var assigner = identifier.Component(4).Value.GetText();
        var type = identifier.Component(5).Value.GetText();
        foreach (var trusted in terms.Identifiers)
        {
            if (trusted.Assigner == assigner && trusted.Type == type)
            {
                return trusted.System;
            }
        }

        return null;
    }
}
