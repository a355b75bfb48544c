namespace Isthmus.Simulators.Lab;

/// <summary>An acknowledgement as far as a sender needs it.</summary>
/// <param name="Code">MSA-1: AA, AE, AR, CA, CE or CR.</param>
/// <param name="ControlId">MSA-2, the control id answered.</param>
/// <param name="RuleId">ERR-5.1, if there is an ERR segment.</param>
/// <param name="Text">ERR-8, or MSA-3 where there is none.</param>
/// <param name="RoundTrip">From handing the frame to the socket to the end of the answer.</param>
public sealed record MllpAnswer(string Code, string ControlId, string? RuleId, string? Text, ReadOnlyMemory<byte> Raw, TimeSpan RoundTrip)
{
    /// <summary>The receiver has the message: AA or CA.</summary>
    public bool IsAccepted => Code is "AA" or "CA";

    /// <summary>The reason may lie outside the message, so that sending it again can help: AR or CR.</summary>
    public bool IsRejected => Code is "AR" or "CR";

    public override string ToString() => $"{nameof(MllpAnswer)} {Code}";

    /// <summary>Null where the frame is no acknowledgement.</summary>
    internal static MllpAnswer? Read(ReadOnlyMemory<byte> frame, TimeSpan roundTrip)
    {
        var text = frame.Span;
        if (text.Length < 8 || !text.StartsWith("MSH"u8))
        {
            return null;
        }

        var separator = text[3];
        var msa = Line(text, "MSA"u8);
        if (msa.IsEmpty)
        {
            return null;
        }

        var err = Line(text, "ERR"u8);
        var sentence = err.IsEmpty ? Field(msa, separator, 3) : Field(err, separator, 8);
        return new(
            Field(msa, separator, 1) ?? string.Empty,
            Field(msa, separator, 2) ?? string.Empty,
            Field(err, separator, 5),
            sentence,
            frame,
            roundTrip);
    }

    private static ReadOnlySpan<byte> Line(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\r');
            var line = end < 0 ? text : text[..end];
            if (line.StartsWith(name))
            {
                return line;
            }

            text = text[line.Length..].TrimStart("\r\n"u8);
        }

        return default;
    }

    /// <summary>Latin 1 keeps every byte, so that MSA-2 compares byte for byte with MSH-10.</summary>
    private static string? Field(ReadOnlySpan<byte> line, byte separator, int number)
    {
        for (; number > 0; number--)
        {
            var next = line.IndexOf(separator);
            if (next < 0)
            {
                return null;
            }

            line = line[(next + 1)..];
        }

        var end = line.IndexOf(separator);
        return System.Text.Encoding.Latin1.GetString(end < 0 ? line : line[..end]);
    }
}
