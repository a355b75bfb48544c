using System.Collections.Frozen;

namespace Isthmus.Fhir.Validation.Narrative;

/// <summary>
/// The elements and attributes of a narrative: HTML 4.0 chapters 7–11 (except section 4 of chapter 9) and 15, links, images and
/// style attributes (FHIR R4 narrative.html#xhtml, and the lists of txt-1).
/// </summary>
internal static class XhtmlNames
{
    private static readonly FrozenSet<string> Elements = new[]
    {
        "a", "abbr", "acronym", "address", "area", "b", "bdo", "big", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "dfn", "div",
        "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "kbd", "li", "map", "ol", "p", "pre", "q", "samp", "small", "span", "strong",
        "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "ul", "var",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Attributes = new[]
    {
        "abbr", "accesskey", "align", "alt", "axis", "bgcolor", "border", "cellhalign", "cellpadding", "cellspacing", "cellvalign", "char", "charoff", "charset",
        "cite", "class", "colspan", "compact", "coords", "dir", "frame", "headers", "height", "href", "hreflang", "hspace", "id", "ID", "ismap", "lang", "longdesc", "name",
        "nowrap", "rel", "rev", "rowspan", "rules", "scope", "shape", "space", "span", "src", "start", "style", "summary", "tabindex", "target", "title", "type", "usemap",
        "valign", "value", "vspace", "width", "xmlns", "xml:lang", "xml:space",
    }.ToFrozenSet(StringComparer.Ordinal);

    private const int LongestName = 16;

    public static bool IsElement(ReadOnlySpan<byte> name) => Has(Elements, name);

    public static bool IsAttribute(ReadOnlySpan<byte> name) => Has(Attributes, name);

    private static bool Has(FrozenSet<string> names, ReadOnlySpan<byte> name)
    {
        if (name.Length > LongestName)
        {
            return false;
        }

        Span<char> text = stackalloc char[LongestName];
        var length = System.Text.Encoding.UTF8.GetChars(name, text);
        return names.GetAlternateLookup<ReadOnlySpan<char>>().Contains(text[..length]);
    }
}
