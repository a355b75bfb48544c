using System.Globalization;
using System.Text;
using Spectre.Console.Rendering;

namespace Isthmus.Host.Terminal;

/// <summary>
/// Shows what cannot be seen: control and direction characters of a sender's words become U+FFFD, so that a control id cannot
/// move the cursor, colour a line or hide its end on the terminal of whoever looks at it.
/// </summary>
internal sealed class VisibleText : IRenderHook
{
    private const char Shown = '\uFFFD';

    public IEnumerable<IRenderable> Process(RenderOptions options, IEnumerable<IRenderable> renderables) => renderables.Select(r => new Cleaned(r));

    /// <summary>The text with every character that acts on a terminal replaced; line ends stay.</summary>
    public static string Of(string text) => text.Any(Acts)
        ? string.Create(text.Length, text, static (target, source) =>
        {
            for (var i = 0; i < source.Length; i++)
            {
                target[i] = Acts(source[i]) ? Shown : source[i];
            }
        })
        : text;

    /// <summary>
    /// A JSON document that says the same with every such character escaped (RFC 8259 §7): outside of its strings there are none but
    /// line ends, which stay.
    /// </summary>
    public static string InJson(string json)
    {
        if (!json.Any(Acts))
        {
            return json;
        }

        var escaped = new StringBuilder(json.Length + 16);
        foreach (var c in json)
        {
            if (Acts(c) && c != '\r')
            {
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
            else
            {
                escaped.Append(c);
            }
        }

        return escaped.ToString();
    }

    /// <summary>C0, DEL and C1 (ECMA-48: ESC, CSI, OSC), and the format characters that turn the direction of text.</summary>
    private static bool Acts(char c) =>
        c is not '\n' && char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private sealed class Cleaned(IRenderable inner) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => inner.Measure(options, maxWidth);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
            inner.Render(options, maxWidth).Select(s => s.IsControlCode || s.IsLineBreak ? s : new Segment(Of(s.Text), s.Style));
    }
}
