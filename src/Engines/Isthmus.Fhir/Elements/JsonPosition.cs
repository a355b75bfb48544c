namespace Isthmus.Fhir.Elements;

/// <summary>A place in a JSON text. Lines and columns start at 1; columns count UTF-8 bytes, as editors' byte offsets do.</summary>
public readonly record struct JsonPosition(int Offset, int Line, int Column)
{
    internal static JsonPosition Of(ReadOnlySpan<byte> text, int offset)
    {
        var before = text[..Math.Min(offset, text.Length)];
        var line = 1 + before.Count((byte)'\n');
        var start = before.LastIndexOf((byte)'\n') + 1;
        return new JsonPosition(offset, line, before.Length - start + 1);
    }
}
