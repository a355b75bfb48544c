using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Isthmus.Hl7v2;

/// <summary>
/// How lines of a frame become text to edit and bytes again. Where every byte below 80 is ASCII, lines are edited as they
/// are. Lines in sets of several bytes are brought to UTF-8 and back. Lines that switch between sets are not edited.
/// </summary>
internal sealed class EditedCharset
{
    private readonly Hl7Charset charset;
    private readonly bool isSwitched;
    private readonly bool isAsciiOnly;
    private readonly bool isBigEndian;

    public EditedCharset(Hl7Message message)
    {
        charset = message.FrameCharset;
        isSwitched = message.IsSwitched;
        IsUtf16 = charset.Kind == CharsetKind.Utf16 && Utf16Frame.IsOne(message.Frame.Span, out isBigEndian);
        Text = IsUtf16 ? message.Whole : message.Frame;
        isAsciiOnly = isSwitched || charset.Kind is CharsetKind.Unsupported or CharsetKind.Ascii
            || (charset.Kind is CharsetKind.Undeclared or CharsetKind.Utf8 && !Utf8.IsValid(message.Frame.Span));
    }

    /// <summary>What lines are taken from: the frame, or its UTF-8 form where it is UTF-16.</summary>
    public ReadOnlyMemory<byte> Text { get; }

    public bool IsUtf16 { get; }

    /// <summary>Whether a text can be written in this set.</summary>
    public bool Holds(ReadOnlySpan<byte> utf8) =>
        Ascii.IsValid(utf8) || (!isAsciiOnly && (IsUtf16 || charset.TryEncode(utf8, new ArrayBufferWriter<byte>())));

    /// <summary>The line as UTF-8 or, where bytes are edited as they are, as it stands; false where it cannot be edited.</summary>
    public bool TryOpen(ReadOnlyMemory<byte> line, out ReadOnlyMemory<byte> text)
    {
        text = line;
        if (isSwitched)
        {
            return Ascii.IsValid(line.Span) && !line.Span.ContainsAnyInRange((byte)0, (byte)0x1F);
        }

        if (charset.Kind != CharsetKind.MultiByte)
        {
            return true;
        }

        var utf8 = new byte[line.Length * 3];
        text = utf8.AsMemory(0, charset.Decode(line.Span, utf8, out var fault));
        return fault < 0;
    }

    /// <summary>What a part is set to, in the form in which lines are edited; <see cref="Holds"/> was asked before.</summary>
    public void WriteText(ReadOnlySpan<byte> utf8, IBufferWriter<byte> output)
    {
        if (charset.Kind == CharsetKind.SingleByte)
        {
            charset.TryEncode(utf8, output);
        }
        else
        {
            output.Write(utf8);
        }
    }

    /// <summary>Writes a line that was edited.</summary>
    public void Close(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        if (charset.Kind == CharsetKind.MultiByte)
        {
            charset.TryEncode(text, output);
        }
        else
        {
            output.Write(text);
        }
    }

    public void WriteUtf16(ReadOnlySpan<byte> utf8, IBufferWriter<byte> output) =>
        output.Write(new UnicodeEncoding(isBigEndian, byteOrderMark: false).GetBytes(Encoding.UTF8.GetString(utf8)));
}
