using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Isthmus.Mapping.Running;
using Isthmus.Mapping.Terminology;

namespace Isthmus.Mapping.Functions;

/// <summary>ED and RP: what kind of data it is, and the data as base64.</summary>
internal static class AttachmentFunctions
{
    /// <summary>What a media type's halves consist of (RFC 6838, 4.2).</summary>
    private static readonly SearchValues<byte> TypeSigns = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789!#$&-^_.+"u8);

    /// <summary>The longest media type there is, and room to spare.</summary>
    private const int LongestType = 160;

    /// <summary>Tables 0191, 0291 and 0834 and what senders write in their place, in lower case.</summary>
    private static readonly CodeTable MediaTypes = Table(
        ("pdf", "application/pdf"), ("tx", "text/plain"), ("ft", "text/plain"), ("txt", "text/plain"), ("plain", "text/plain"),
        ("html", "text/html"), ("htm", "text/html"), ("xml", "application/xml"), ("sgml", "text/sgml"), ("rtf", "application/rtf"), ("csv", "text/csv"),
        ("jpeg", "image/jpeg"), ("jpg", "image/jpeg"), ("png", "image/png"), ("gif", "image/gif"), ("tiff", "image/tiff"), ("tif", "image/tiff"),
        ("bmp", "image/bmp"), ("fax", "image/g3fax"), ("pict", "image/x-pict"), ("dicom", "application/dicom"), ("dcm", "application/dicom"),
        ("basic", "audio/basic"), ("wav", "audio/wav"), ("postscript", "application/postscript"), ("doc", "application/msword"),
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"), ("octet-stream", "application/octet-stream"),
        ("x-hl7-cda-level-one", "application/hl7-cda-xml"));

    /// <summary>The first half of a media type, by table 0191 and by table 0834, which names it itself.</summary>
    private static readonly CodeTable Families = Table(
        ("ap", "application"), ("application", "application"), ("au", "audio"), ("audio", "audio"), ("im", "image"), ("si", "image"), ("image", "image"),
        ("text", "text"), ("tx", "text"), ("ft", "text"), ("video", "video"), ("model", "model"), ("multipart", "multipart"), ("message", "message"));

    /// <summary>
    /// From type and subtype, in whatever case; a known subtype decides, because senders disagree on the type. What is named by neither is
    /// octets, for data without a type may not stand (constraint att-1).
    /// </summary>
    public static RuleAction MediaType(FunctionUse use)
    {
        var target = use.Target;
        var (typeSource, subtypeSource) = (use.Sources[0], use.Sources[1]);
        return (run, frame, _) =>
        {
            Span<byte> typeRoom = stackalloc byte[LongestType];
            Span<byte> subtypeRoom = stackalloc byte[LongestType];
            var type = Lower(run.Text.Bytes(run.Text.Innermost(typeSource(run, frame))), typeRoom);
            var subtype = Lower(run.Text.Bytes(run.Text.Innermost(subtypeSource(run, frame))), subtypeRoom);
            if (type.IsEmpty && subtype.IsEmpty)
            {
                return;
            }

            var whole = IsWhole(subtype) ? subtype : type;
            CodeFunctions.Constant(run, frame, target, IsWhole(whole) ? whole.ToArray() : (MediaTypes.Find(subtype) ?? MediaTypes.Find(type))?.Code ?? Composed(type, subtype));
        };
    }

    /// <summary>A type of table 0834 and a subtype that only the sender's world knows: <c>application^vnd.ms-excel</c>.</summary>
    private static byte[] Composed(ReadOnlySpan<byte> type, ReadOnlySpan<byte> subtype) =>
        Families.Find(type) is not { } family || subtype.ContainsAnyExcept(TypeSigns) ? [.. "application/octet-stream"u8]
            : !subtype.IsEmpty && !subtype.SequenceEqual(type) ? [.. family.Code, (byte)'/', .. subtype]
            : family.Code.AsSpan().SequenceEqual("text"u8) ? [.. "text/plain"u8] : [.. "application/octet-stream"u8];

    /// <summary>A media type as it stands, <c>application/pdf</c>.</summary>
    private static bool IsWhole(ReadOnlySpan<byte> text) =>
        text.IndexOf((byte)'/') is > 0 and var slash && slash < text.Length - 1 && !text[..slash].ContainsAnyExcept(TypeSigns);

    /// <summary>In lower case, without spaces and the dot of a file's ending; nothing where it is too long for a media type.</summary>
    private static ReadOnlySpan<byte> Lower(ReadOnlySpan<byte> text, Span<byte> room)
    {
        text = text.Trim((byte)' ').TrimStart((byte)'.');
        return text.Length <= room.Length && Ascii.ToLower(text, room, out var length) == OperationStatus.Done ? room[..length] : [];
    }

    /// <summary>The data by its encoding (table 0299): Base64 is checked and freed of line breaks, Hex and A are converted.</summary>
    public static RuleAction Data(FunctionUse use)
    {
        var target = use.Target;
        var (encodingSource, dataSource) = (use.Sources[0], use.Sources[1]);
        return (run, frame, _) =>
        {
            var at = run.Text.Trim(dataSource(run, frame));
            if (at.IsEmpty)
            {
                return;
            }

            var encoding = run.Text.Bytes(run.Text.Innermost(encodingSource(run, frame)));
            var rented = ArrayPool<byte>.Shared.Rent((at.Length * 2) + 8);
            try
            {
                var length = Encode(run, at, encoding, rented);
                if (length < 0)
                {
                    run.Find(FindingRules.Base64Invalid.Rule, at, FindingRules.Base64Invalid.Message);
                    return;
                }

                CodeFunctions.Constant(run, frame, target, rented[..length]);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(rented, clearArray: true);
            }
        };
    }

    private static int Encode(TranslationRun run, Slice at, ReadOnlySpan<byte> encoding, byte[] buffer)
    {
        if (Ascii.EqualsIgnoreCase(encoding, "Base64"u8))
        {
            // Lines are broken by bytes and by escapes (\.br\, \X0D0A\).
            var sent = run.Message.WriteText(run.Text.Bytes(at), buffer);
            var length = 0;
            foreach (var b in buffer.AsSpan(0, sent))
            {
                if (b is not ((byte)'\r' or (byte)'\n' or (byte)' '))
                {
                    buffer[length++] = b;
                }
            }

            return Base64.IsValid(buffer.AsSpan(0, length)) ? length : -1;
        }

        byte[] plain;
        if (Ascii.EqualsIgnoreCase(encoding, "Hex"u8))
        {
            plain = new byte[at.Length / 2];
            if (at.Length % 2 != 0 || Convert.FromHexString(run.Text.Bytes(at), plain, out _, out _) != OperationStatus.Done)
            {
                return -1;
            }
        }
        else
        {
            plain = new byte[at.Length];
            plain = plain[..run.Message.WriteText(run.Text.Bytes(at), plain)];
        }

        return Base64.EncodeToUtf8(plain, buffer, out _, out var written) == OperationStatus.Done ? written : -1;
    }

    private static CodeTable Table(params (string From, string To)[] rows)
    {
        var table = new CodeTable("media-types");
        foreach (var (from, to) in rows)
        {
            table.Add(from, new Coded(Encoding.ASCII.GetBytes(to), [], []));
        }

        return table;
    }
}
