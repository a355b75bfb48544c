using System.Buffers.Text;

namespace Isthmus.Records.Facts;

/// <summary>A reference as this store writes them: <c>Type/id</c> with an id of its own.</summary>
internal static class LocalReference
{
    private const int IdLength = 36;

    public static bool TryRead(ReadOnlySpan<byte> text, out bool isPatient, out Guid id)
    {
        var slash = text.IndexOf((byte)'/');
        isPatient = slash > 0 && text[..slash].SequenceEqual("Patient"u8);
        id = default;
        return slash > 0 && text.Length == slash + 1 + IdLength && text[..slash].IndexOf((byte)':') < 0
            && Utf8Parser.TryParse(text[(slash + 1)..], out id, out var used, 'D') && used == IdLength;
    }
}
