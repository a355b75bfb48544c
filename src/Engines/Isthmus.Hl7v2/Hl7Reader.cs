using System.Text.Unicode;

namespace Isthmus.Hl7v2;

/// <summary>
/// Reads frames one after another into one message whose index is reused: no allocation once warm.
/// The result of a read, findings included, is valid until the next. Not for concurrent use.
/// </summary>
public sealed class Hl7Reader
{
    private readonly Hl7Limits limits;
    private readonly Hl7Scanner scanner = new();
    private readonly Hl7Transcoder transcoder = new();
    private readonly Hl7Message message = new();
    private readonly Hl7Findings findings;

    public Hl7Reader()
        : this(Hl7Limits.Default)
    {
    }

    public Hl7Reader(Hl7Limits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        this.limits = limits;
        findings = new(limits.Findings);
    }

    /// <summary>Reads one frame holding one message. Never throws for what the bytes hold.</summary>
    public Hl7ReadResult Read(ReadOnlyMemory<byte> frame)
    {
        findings.Clear();
        return frame.Length > Math.Min(limits.MessageBytes, Hl7Limits.LargestMessageBytes)
            ? Refused(Hl7Rules.MessageTooLong, 0)
            : Read(frame, whole: null);
    }

    /// <summary>
    /// Reads what was kept of another message's <see cref="Hl7Message.Raw"/>. That is UTF-8 already, whatever its MSH-18
    /// says, and it is not decoded a second time.
    /// </summary>
    public Hl7ReadResult ReadPart(ReadOnlyMemory<byte> kept, Hl7Message whole)
    {
        ArgumentNullException.ThrowIfNull(whole);
        findings.Clear();
        return Read(kept, whole);
    }

    private Hl7ReadResult Read(ReadOnlyMemory<byte> frame, Hl7Message? whole)
    {
        var msh = MshStart.Find(frame.Span);
        if (msh.StartsWithByteOrderMark)
        {
            findings.Add(Hl7Rules.ByteOrderMark, Hl7Location.Message, 0);
        }

        if (!msh.IsFound)
        {
            return Refused(Hl7Rules.MshMissing, 0);
        }

        if (!msh.CanSeparate)
        {
            return Refused(Hl7Rules.DelimitersInvalid, msh.Offset + 3);
        }

        if (msh.IsPreceded)
        {
            findings.Add(Hl7Rules.MshPreceded, Hl7Location.Message, 0);
        }

        if (!msh.HasSoundDelimiters)
        {
            findings.Add(Hl7Rules.EncodingCharacters, new("MSH", 1, 2), msh.Offset + 4);
        }

        var limit = Scan(frame, msh) ?? (whole is null ? Decode(frame) : null);
        if (limit is not null)
        {
            return Refused(limit, 0);
        }

        message.IsLatin1 = whole?.IsLatin1 ?? message.IsLatin1;
        Hl7Checks.Run(message, findings);
        return new(message, findings.List);
    }

    private Hl7ReadResult Refused(string ruleId, int offset)
    {
        findings.Add(ruleId, Hl7Location.Message, offset);
        return new(null, findings.List);
    }

    private string? Scan(ReadOnlyMemory<byte> text, in MshStart msh)
    {
        message.Raw = text;
        message.Delimiters = msh.Delimiters;
        return scanner.Scan(text.Span, msh, limits, message.Index);
    }

    /// <summary>
    /// Heeds MSH-18. A frame that is not UTF-8, or not what it claims, is brought to UTF-8 once and scanned again,
    /// so that every text of a message is valid.
    /// </summary>
    /// <returns>The limit passed by the second scan, if any.</returns>
    private string? Decode(ReadOnlyMemory<byte> frame)
    {
        var declared = message.Msh[18].Repetition(1);
        var charset = Hl7Charsets.Of(declared.Raw);
        message.IsLatin1 = charset == Hl7Charset.Latin1;
        if (charset == Hl7Charset.Unsupported)
        {
            findings.Add(Hl7Rules.CharsetUnsupported, new("MSH", 1, 18), declared.Offset);
        }

        if (!message.Index.HasNonAscii)
        {
            return null;
        }

        ReadOnlyMemory<byte> text;
        if (message.IsLatin1)
        {
            text = transcoder.FromLatin1(frame.Span);
        }
        else if (Utf8.IsValid(frame.Span))
        {
            if (charset == Hl7Charset.Ascii)
            {
                findings.Add(Hl7Rules.NotAscii, Hl7Location.Message, frame.Span.IndexOfAnyInRange((byte)0x80, (byte)0xFF));
            }

            return null;
        }
        else
        {
            text = transcoder.FromInvalidUtf8(frame.Span, out var fault);
            findings.Add(Hl7Rules.InvalidUtf8, message.Locate(fault), fault);
        }

        return Scan(text, MshStart.Find(text.Span));
    }
}
