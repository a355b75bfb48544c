namespace Isthmus.Hl7v2;

/// <summary>Tells UTF-16 by its byte order mark, or by a zero beside each of the first letters.</summary>
internal static class Utf16Frame
{
    public static bool IsOne(ReadOnlySpan<byte> frame, out bool isBigEndian)
    {
        isBigEndian = frame is [0xFE, 0xFF, ..] or [0, (byte)'M', 0, (byte)'S', 0, (byte)'H', ..];
        return isBigEndian || frame is [0xFF, 0xFE, ..] or [(byte)'M', 0, (byte)'S', 0, (byte)'H', 0, ..];
    }
}
