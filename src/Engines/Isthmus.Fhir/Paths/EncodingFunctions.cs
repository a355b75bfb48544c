using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Paths;

/// <summary><c>encode</c>, <c>decode</c>, <c>escape</c>, <c>unescape</c> (FHIRPath 2.1, for trial use).</summary>
internal static class EncodingFunctions
{
    public static void Encode(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        if (!Read(run, input, arguments[0], position, out var text, out var format))
        {
            return;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        switch (format)
        {
            case "hex":
                run.Push(Convert.ToHexStringLower(bytes));
                break;
            case "base64":
                run.Push(Convert.ToBase64String(bytes));
                break;
            case "urlbase64":
                run.Push(Convert.ToBase64String(bytes).Replace('+', '-').Replace('/', '_'));
                break;
        }
    }

    public static void Decode(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        if (!Read(run, input, arguments[0], position, out var text, out var format))
        {
            return;
        }

        try
        {
            switch (format)
            {
                case "hex":
                    run.Push(Encoding.UTF8.GetString(Convert.FromHexString(text)));
                    break;
                case "base64":
                    run.Push(Encoding.UTF8.GetString(Convert.FromBase64String(text)));
                    break;
                case "urlbase64":
                    var plain = text.Replace('-', '+').Replace('_', '/').TrimEnd('=');
                    run.Push(Encoding.UTF8.GetString(Convert.FromBase64String(plain.PadRight((plain.Length + 3) / 4 * 4, '='))));
                    break;
            }
        }
        catch (FormatException)
        {
            run.Fail(PathRules.Operand, position);
        }
    }

    public static void Escape(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        if (!Read(run, input, arguments[0], position, out var text, out var format))
        {
            return;
        }

        switch (format)
        {
            case "html":
                run.Push(text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
                    .Replace(">", "&gt;", StringComparison.Ordinal).Replace("\"", "&quot;", StringComparison.Ordinal));
                break;
            case "json":
                run.Push(JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text));
                break;
        }
    }

    public static void Unescape(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        if (!Read(run, input, arguments[0], position, out var text, out var format))
        {
            return;
        }

        switch (format)
        {
            case "html":
                run.Push(WebUtility.HtmlDecode(text));
                break;
            case "json" when IsEscaped(text):
                run.Push(Encoding.UTF8.GetString(JsonText.Unescape(Encoding.UTF8.GetBytes(text))));
                break;
        }
    }

    /// <summary>Whether every backslash begins one of JSON's escapes; a text of which that is not true has no unescaped form.</summary>
    private static bool IsEscaped(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != '\\')
            {
                continue;
            }

            i++;
            if (i == bytes.Length || !"\"\\/bfnrtu"u8.Contains(bytes[i]))
            {
                return false;
            }

            if (bytes[i] == 'u' && (JsonText.Hex4(bytes.AsSpan(i + 1)) is var unit && (unit < 0 || char.IsSurrogate((char)unit))))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Read(PathRun run, in FhirPathValue input, in FhirPathValue argument, int position, out string text, out string format)
    {
        text = format = "";
        if (!StringFunctions.Texts(run, input, argument, position, out var given, out var wanted))
        {
            return false;
        }

        (text, format) = (given.ToString(), wanted.ToString());
        if (text.Length > run.Context.Limits.MaxText / 8)
        {
            run.Fail(PathRules.TextLength, position);
        }

        return !run.Failed;
    }
}
