using System.Buffers;
using System.Text;
using Isthmus.Fhir.Units;

namespace Isthmus.Fhir.Terminology;

/// <summary>Code systems whose codes are a grammar rather than a list.</summary>
internal static class CodeGrammars
{
    public const string MimeTypes = "urn:ietf:bcp:13";
    public const string Languages = "urn:ietf:bcp:47";

    // RFC 7230 token: what a media type's parts are made of.
    private static readonly SearchValues<byte> Token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<char> LettersAndDigits = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>The grammar of a system; null where it is a list.</summary>
    public static CodeGrammar? Of(string system) => system switch
    {
        Ucum.System => IsUnit,
        MimeTypes => IsMimeType,
        Languages => IsLanguage,
        _ => null,
    };

    /// <summary>UCUM's <c>canonical</c> property: units commensurable with one.</summary>
    public static CodeGrammar UnitsLike(UcumUnit unit) => code =>
        Ucum.Unit(code) is { } other && other.IsCommensurableWith(unit) ? Membership.Yes : Membership.No;

    private static Membership IsUnit(ReadOnlySpan<byte> code) => Ucum.Unit(code) is null ? Membership.No : Membership.Yes;

    /// <summary>
    /// RFC 6838 <c>type/subtype</c> with parameters; a lone token too, since FHIR itself writes <c>json</c> and <c>xml</c> in
    /// CapabilityStatement.format.
    /// </summary>
    private static Membership IsMimeType(ReadOnlySpan<byte> code)
    {
        var semicolon = code.IndexOf((byte)';');
        var type = (semicolon < 0 ? code : code[..semicolon]).TrimEnd((byte)' ');
        var slash = type.IndexOf((byte)'/');
        var holds = slash < 0 ? IsToken(type) : IsToken(type[..slash]) && IsToken(type[(slash + 1)..]);
        return holds ? Membership.Yes : Membership.No;
    }

    private static bool IsToken(ReadOnlySpan<byte> text) => text.Length > 0 && text.IndexOfAnyExcept(Token) < 0;

    /// <summary>
    /// RFC 5646: language, extended languages, script, region, variants, extensions, private use. Two-letter languages and
    /// regions are looked up in ISO's lists, the rest is taken by its form.
    /// </summary>
    private static Membership IsLanguage(ReadOnlySpan<byte> code)
    {
        // Private use (x-…) and grandfathered tags (i-klingon) are beyond a grammar.
        if (code.Length > 2 && code[1] == '-' && (code[0] | 0x20) is 'x' or 'i')
        {
            return Membership.Unknown;
        }

        Span<char> tag = stackalloc char[64];
        if (code.Length > tag.Length || !Ascii.IsValid(code) || !Encoding.ASCII.TryGetChars(code, tag, out var length))
        {
            return Membership.No;
        }

        var at = 0;
        foreach (var range in ((ReadOnlySpan<char>)tag[..length]).Split('-'))
        {
            var part = tag[range];
            if (part.Length is 0 or > 8 || part.ContainsAnyExcept(LettersAndDigits))
            {
                return Membership.No;
            }

            if (at == 0 && (part.Length is not (2 or 3) || part.ContainsAnyInRange('0', '9') || (part.Length == 2 && !IsoCodes.IsLanguage(part))))
            {
                return Membership.No;
            }

            // After a singleton (u-ca-gregory) anything of this form goes.
            if (at > 0 && part.Length == 1)
            {
                return Membership.Yes;
            }

            if (at > 0 && part.Length == 2 && !IsoCodes.IsCountry(part))
            {
                return Membership.Unknown;
            }

            at++;
        }

        return at > 0 ? Membership.Yes : Membership.No;
    }
}
