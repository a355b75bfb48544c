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
        message.Frame = frame;
        var text = whole is null && Utf16Frame.IsOne(frame.Span, out var isBigEndian) ? FromUtf16(frame, isBigEndian) : frame;
        var msh = MshStart.Find(text.Span);
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

        var isUtf8 = whole is not null || !text.Equals(frame);
        message.FrameCharset = whole is not null ? Hl7Charset.Utf8 : Hl7Charset.Utf16;
        message.EscapeCharset = whole?.EscapeCharset ?? Hl7Charset.Utf16;
        message.IsSwitched = false;
        var limit = Scan(text, msh) ?? (isUtf8 ? null : Decode(frame, msh));
        if (limit is not null)
        {
            return Refused(limit, 0);
        }

        message.Whole = message.Raw;
        EndBeforeStartBlock();
        Hl7Checks.Run(message, findings);
        return new(message, findings.List);
    }

    /// <summary>
    /// A start or end block of MLLP with an MSH behind it: the frame before was cut off and the next one begins in it. What
    /// stands behind is another message, perhaps of another person.
    /// </summary>
    private void EndBeforeStartBlock()
    {
        var text = message.Raw;
        if (message.Index.HasControls && MshStart.FindBehindBlock(text.Span, message.Msh.Offset) is >= 0 and var at)
        {
            findings.Add(Hl7Rules.StartBlockInside, message.Locate(at), at);
            Scan(text[..at], MshStart.Find(text.Span[..at]));
            message.Rest = text[(at + 1)..];
        }
    }

    private ReadOnlyMemory<byte> FromUtf16(ReadOnlyMemory<byte> frame, bool isBigEndian)
    {
        var text = transcoder.FromUtf16(frame.Span, isBigEndian, out var isSound);
        if (!isSound)
        {
            findings.Add(Hl7Rules.InvalidUtf16, Hl7Location.Message, 0);
        }

        return text;
    }

    private Hl7ReadResult Refused(string ruleId, int offset)
    {
        findings.Add(ruleId, Hl7Location.Message, offset);
        return new(null, findings.List);
    }

    private string? Scan(ReadOnlyMemory<byte> text, in MshStart msh)
    {
        message.Raw = text;
        message.Rest = default;
        message.Delimiters = msh.Delimiters;
        return scanner.Scan(text.Span, msh, limits, message.Index);
    }

    /// <summary>
    /// Heeds MSH-18. A frame that is not UTF-8, or not what it claims, is brought to UTF-8 once and scanned again,
    /// so that every text of a message is valid.
    /// </summary>
    /// <returns>The limit passed by the second scan, if any.</returns>
    private string? Decode(ReadOnlyMemory<byte> frame, in MshStart msh)
    {
        var declared = message.Msh[18];
        var charset = Hl7Charsets.Of(declared.Repetition(1).Raw);
        if (charset.Kind is CharsetKind.Unsupported or CharsetKind.Utf16)
        {
            // UTF-16 that is none is read as what it looks like.
            findings.Add(
                charset.Kind == CharsetKind.Utf16 ? Hl7Rules.NotUtf16 : Hl7Rules.CharsetUnsupported, new("MSH", 1, 18), declared.Offset);
            charset = charset.Kind == CharsetKind.Utf16 ? Hl7Charset.Undeclared : charset;
        }

        message.FrameCharset = message.EscapeCharset = charset;

        if (Switches(declared, frame.Span))
        {
            var text = transcoder.FromSwitched(frame.Span, charset, msh, out var fault);
            message.IsSwitched = true;
            return Rescan(text, Hl7Rules.NoCharacter, fault);
        }

        if (!message.Index.HasNonAscii)
        {
            return null;
        }

        if (charset.Kind is CharsetKind.SingleByte or CharsetKind.MultiByte)
        {
            return Rescan(transcoder.From(charset, frame.Span, msh.Offset, out var fault), Hl7Rules.NoCharacter, fault);
        }

        if (!Utf8.IsValid(frame.Span))
        {
            return Rescan(transcoder.FromInvalidUtf8(frame.Span, out var fault), Hl7Rules.InvalidUtf8, fault);
        }

        if (charset.Kind == CharsetKind.Ascii)
        {
            findings.Add(Hl7Rules.NotAscii, Hl7Location.Message, frame.Span.IndexOfAnyInRange((byte)0x80, (byte)0xFF));
        }

        return null;
    }

    /// <summary>Whether other sets than the first are declared, or one that is only reached by switching, and a switch may stand in the text.</summary>
    private bool Switches(Hl7Field declared, ReadOnlySpan<byte> frame) =>
        (declared.RepetitionCount > 1 || Hl7Charsets.IsSwitched(declared.Raw))
        && (message.Index.HasControls || message.Index.HasEscapes)
        && Iso2022.MayStandIn(frame, message.Delimiters.Escape);

    /// <param name="fault">Offset in the frame of the first byte without character, or minus one.</param>
    private string? Rescan(ReadOnlyMemory<byte> text, string ruleId, int fault)
    {
        if (fault >= 0)
        {
            findings.Add(ruleId, message.Locate(fault), fault);
        }

        var msh = MshStart.Find(text.Span);
        return msh is { IsFound: true, CanSeparate: true } ? Scan(text, msh) : Hl7Rules.MshMissing;
    }
}
