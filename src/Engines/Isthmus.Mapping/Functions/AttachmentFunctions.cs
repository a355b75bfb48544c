using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Isthmus.Mapping.Running;
using Isthmus.Mapping.Terminology;

namespace Isthmus.Mapping.Functions;

/// <summary>ED and RP: what kind of data it is, and the data as base64.</summary>
internal static class AttachmentFunctions
{
    /// <summary>Tables 0191 and 0291 as media types.</summary>
    private static readonly CodeTable MediaTypes = Table(
        ("PDF", "application/pdf"), ("AP", "application/octet-stream"), ("Application", "application/octet-stream"),
        ("application", "application/octet-stream"), ("Octet-stream", "application/octet-stream"), ("octet-stream", "application/octet-stream"),
        ("TEXT", "text/plain"), ("TX", "text/plain"), ("Text", "text/plain"), ("FT", "text/plain"), ("HTML", "text/html"), ("XML", "application/xml"),
        ("RTF", "application/rtf"), ("JPEG", "image/jpeg"), ("JPG", "image/jpeg"), ("PNG", "image/png"), ("GIF", "image/gif"), ("TIFF", "image/tiff"),
        ("DICOM", "application/dicom"), ("PICT", "image/x-pict"), ("BASIC", "audio/basic"), ("x-hl7-cda-level-one", "application/hl7-cda-xml"));

    /// <summary>From type and subtype; the subtype decides, because senders disagree on the type.</summary>
    public static RuleAction MediaType(FunctionUse use)
    {
        var target = use.Target;
        var (typeSource, subtypeSource) = (use.Sources[0], use.Sources[1]);
        return (run, frame, _) =>
        {
            var type = run.Text.Bytes(run.Text.Innermost(typeSource(run, frame)));
            var subtype = run.Text.Bytes(run.Text.Innermost(subtypeSource(run, frame)));
            if ((MediaTypes.Find(subtype) ?? MediaTypes.Find(type)) is { } known)
            {
                CodeFunctions.Constant(run, frame, target, known.Code);
            }
            else if (type.Contains((byte)'/') || subtype.Contains((byte)'/'))
            {
                CodeFunctions.Constant(run, frame, target, (type.Contains((byte)'/') ? type : subtype).ToArray());
            }
        };
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
            var length = 0;
            foreach (var b in run.Text.Bytes(at))
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
