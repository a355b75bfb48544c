using System.Buffers;
using System.Globalization;

namespace Isthmus.Hl7v2;

/// <summary>
/// Batches as they arrive (HL7 v2.5.1 §2.10.3): a file or batch header leads, the messages follow. A batch is answered by a batch
/// of acknowledgements, one for each of its messages that wants one.
/// </summary>
public static class BatchEnvelope
{
    private const string TimeForm = "yyyyMMddHHmmss.fffzzz";

    /// <summary>Does the frame begin with FHS or BHS? Two messages without one of these are no batch.</summary>
    public static bool IsBatch(ReadOnlySpan<byte> frame)
    {
        ReadOnlySpan<byte> byteOrderMark = [0xEF, 0xBB, 0xBF];
        frame = frame.StartsWith(byteOrderMark) ? frame[byteOrderMark.Length..] : frame;
        frame = frame.TrimStart("\r\n "u8);
        return frame.Length > 3 && (frame.StartsWith("BHS"u8) || frame.StartsWith("FHS"u8)) && Hl7Delimiters.CanDelimit(frame[3]);
    }

    /// <summary>Writes the answer to a batch, its header turned round: BHS, the acknowledgements, BTS.</summary>
    /// <param name="batch">The frame that is answered.</param>
    /// <param name="time">BHS-7.</param>
    public static void WriteAnswer(
        IBufferWriter<byte> output, ReadOnlySpan<byte> batch, IReadOnlyList<ReadOnlyMemory<byte>> acknowledgements, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(acknowledgements);
        var header = Header(batch);
        var delimiters = Delimiters(header, out var sound);
        var separator = delimiters.Field;
        header = sound ? header : default;
        var line = new SegmentWriter(output, delimiters);
        Span<char> stamp = stackalloc char[TimeForm.Length + 8];
        time.TryFormat(stamp, out var written, TimeForm, CultureInfo.InvariantCulture);

        line.Text("BHS");
        line.EncodingCharacters();
        line.Field().Quoted(Field(header, separator, 5));
        line.Field().Quoted(Field(header, separator, 6));
        line.Field().Quoted(Field(header, separator, 3));
        line.Field().Quoted(Field(header, separator, 4));
        line.Field().Stamp(stamp[..written]);
        for (var number = 8; number <= 11; number++)
        {
            line.Field();
        }

        line.Field().Quoted(Field(header, separator, 11));
        line.End();
        foreach (var acknowledgement in acknowledgements)
        {
            output.Write(acknowledgement.Span);
        }

        line.Text("BTS");
        line.Field().Number(acknowledgements.Count);
        line.End();
    }

    /// <summary>The separator that the header of a batch declares, and with it every message inside.</summary>
    public static byte Separator(ReadOnlySpan<byte> batch) => Header(batch)[3];

    /// <summary>The header that is answered: the batch's, else the file's. <see cref="IsBatch"/> says that there is one.</summary>
    private static ReadOnlySpan<byte> Header(ReadOnlySpan<byte> batch)
    {
        var header = Line(batch, "BHS"u8);
        return header.IsEmpty ? Line(batch, "FHS"u8) : header;
    }

    /// <summary>What the header declares; where that is not sound, the standard set, in which nothing of it can be quoted.</summary>
    private static Hl7Delimiters Delimiters(ReadOnlySpan<byte> header, out bool sound)
    {
        var characters = header[4..];
        var end = characters.IndexOf(header[3]);
        var declared = Hl7Delimiters.Read(header[3], end < 0 ? characters : characters[..end], out sound);
        return sound ? declared : Hl7Delimiters.Default;
    }

    /// <summary>The first line of that name, with a separator, before any message; empty where there is none.</summary>
    private static ReadOnlySpan<byte> Line(ReadOnlySpan<byte> batch, ReadOnlySpan<byte> name)
    {
        while (!batch.IsEmpty)
        {
            var end = batch.IndexOfAny((byte)'\r', (byte)'\n');
            var line = end < 0 ? batch : batch[..end];
            ReadOnlySpan<byte> byteOrderMark = [0xEF, 0xBB, 0xBF];
            line = line.StartsWith(byteOrderMark) ? line[byteOrderMark.Length..] : line;
            line = line.TrimStart((byte)' ');
            if (line.StartsWith("MSH"u8))
            {
                return default;
            }

            if (line.StartsWith(name) && line.Length > 3 && Hl7Delimiters.CanDelimit(line[3]))
            {
                return line;
            }

            batch = end < 0 ? default : batch[(end + 1)..];
        }

        return default;
    }

    /// <summary>A field by its number, from 3; BHS-1 is the separator, as in MSH.</summary>
    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> header, byte separator, int number)
    {
        var rest = header.IsEmpty ? header : header[4..];
        for (var at = 2; at < number; at++)
        {
            var next = rest.IndexOf(separator);
            if (next < 0)
            {
                return default;
            }

            rest = rest[(next + 1)..];
        }

        var end = rest.IndexOf(separator);
        return end < 0 ? rest : rest[..end];
    }
}
