using System.Text;

namespace Isthmus.Hl7v2;

/// <summary>The versions of the standard, in order (HL7 table 0104).</summary>
public enum Hl7Version
{
    V21,
    V22,
    V23,
    V231,
    V24,
    V25,
    V251,
    V26,
    V27,
    V271,
    V28,
    V281,
    V282,
    V29,
}

/// <summary>Versions as MSH-12 writes them.</summary>
public static class Hl7Versions
{
    private static readonly string[] Texts =
        ["2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.7.1", "2.8", "2.8.1", "2.8.2", "2.9"];

    /// <summary>The oldest version that is known.</summary>
    public const Hl7Version Oldest = Hl7Version.V21;

    /// <summary>The newest version that is known: what is taken where a message does not say.</summary>
    public const Hl7Version Newest = Hl7Version.V29;

    public static string Text(this Hl7Version version) => Texts[(int)version];

    /// <summary>Reads MSH-12.1. A version with a part too many, such as 2.3.2, is taken as the release it belongs to.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Hl7Version version)
    {
        Span<char> characters = stackalloc char[16];
        version = Newest;
        text = text.Trim((byte)' ');
        return text.Length <= characters.Length && TryParse(characters[..Encoding.Latin1.GetChars(text, characters)], out version);
    }

    /// <summary>Reads MSH-12.1. A version with a part too many, such as 2.3.2, is taken as the release it belongs to.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Hl7Version version)
    {
        text = text.Trim();
        for (; text.Length > 0; text = text[..Math.Max(text.LastIndexOf('.'), 0)])
        {
            for (var i = 0; i < Texts.Length; i++)
            {
                if (text.SequenceEqual(Texts[i]))
                {
                    version = (Hl7Version)i;
                    return true;
                }
            }
        }

        version = Newest;
        return false;
    }
}

/// <summary>From one version to another, both included; <see cref="Until"/> is null for what still stands.</summary>
public readonly record struct Hl7VersionRange(Hl7Version Since, Hl7Version? Until)
{
    public bool Holds(Hl7Version version) => version >= Since && (Until is not { } until || version <= until);

    /// <summary><c>2.3-</c>, <c>2.3-2.6</c> or <c>2.4</c>.</summary>
    public override string ToString() =>
        Until is not { } until ? $"{Since.Text()}-" : until == Since ? Since.Text() : $"{Since.Text()}-{until.Text()}";
}
