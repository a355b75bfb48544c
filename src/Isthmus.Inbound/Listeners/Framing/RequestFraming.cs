using System.Buffers;

namespace Isthmus.Inbound.Listeners.Framing;

/// <summary>
/// Follows the framing of all requests of one connection, whatever pieces its bytes arrive in, and says how far they may be handed on:
/// a head once it is whole and sound, a body as it comes. Each byte is looked at once; only a line that arrives in pieces is kept.
/// </summary>
internal sealed class RequestFraming(FramingLimits limits) : IDisposable
{
    /// <summary>More are an attempt at somebody's overflow; no size has as many as fit in 32 bits either.</summary>
    private const int MostSizeDigits = 8;

    /// <summary>What a line of the head may hold: printable ASCII and tabs.</summary>
    private static readonly SearchValues<byte> LineText = SearchValues.Create([(byte)'\t', .. Enumerable.Range(' ', '~' - ' ' + 1).Select(i => (byte)i)]);

    private readonly SplitLine split = new();
    private RequestHead head;
    private Stage stage;
    private int headerBytes;
    private int headers;
    private long remaining;
    private long bodyBytes;
    private int sizeDigits;

    private enum Stage
    {
        RequestLine,
        Field,
        Body,
        ChunkSize,
        ChunkSizeLf,
        Chunk,
        ChunkCr,
        ChunkLf,
        LastCr,
        LastLf,
        Over,
    }

    /// <summary>Bytes of the connection that were judged.</summary>
    public long Judged { get; private set; }

    /// <summary>Bytes of the connection that may be handed on.</summary>
    public long Passed { get; private set; }

    /// <summary>Requests of which the last byte was passed.</summary>
    public long Requests { get; private set; }

    /// <summary>Why nothing more passes; null while all is well.</summary>
    public FramingRefusal? Refusal { get; private set; }

    /// <summary>Nothing more passes: a request was refused, or said that it was the last.</summary>
    public bool IsOver => stage == Stage.Over;

    /// <summary>A head has begun and is not whole yet.</summary>
    public bool IsInHead => stage is Stage.RequestLine or Stage.Field && Judged > Passed;

    /// <summary>Refused before its head was handed on, so that nobody else will answer.</summary>
    public bool IsUnanswered { get; private set; }

    /// <summary>The request under way is a HEAD.</summary>
    public bool IsHeadRequest => head.IsHead;

    /// <summary>Judges what follows what was judged before.</summary>
    public void Judge(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && stage != Stage.Over)
        {
            var taken = stage switch
            {
                Stage.RequestLine or Stage.Field => TakeLine(bytes),
                Stage.Body or Stage.Chunk => TakeContent(bytes.Length),
                _ => TakeChunkFraming(bytes[0]),
            };
            bytes = bytes[taken..];
        }
    }

    /// <summary>Ends the connection, also for a reason that its bytes do not show.</summary>
    public void Refuse(FramingRefusal refusal)
    {
        Refusal = refusal;
        IsUnanswered = stage is Stage.RequestLine or Stage.Field;
        stage = Stage.Over;
    }

    /// <summary>Ends the connection without a word, between two requests.</summary>
    public void End() => stage = Stage.Over;

    public void Dispose() => split.Dispose();

    /// <summary>A line of the head, or as much of it as there is.</summary>
    private int TakeLine(ReadOnlySpan<byte> bytes)
    {
        var end = split.HasReturn ? 0 : bytes.IndexOfAnyExcept(LineText);
        var text = bytes[..(end < 0 ? bytes.Length : end)];
        if (IsTooLong(split.Length + text.Length))
        {
            Refuse(stage == Stage.RequestLine ? FramingRules.RequestLineTooLong : FramingRules.HeadersTooLarge);
            return bytes.Length;
        }

        if (end < 0)
        {
            split.Add(text);
            Judged += bytes.Length;
            return bytes.Length;
        }

        var next = end;
        if (!split.HasReturn)
        {
            if (bytes[end] != '\r')
            {
                Refuse(bytes[end] == '\n' ? FramingRules.LineEndRefused : FramingRules.CharacterRefused);
                return bytes.Length;
            }

            if (++next == bytes.Length)
            {
                split.Add(text);
                split.HasReturn = true;
                Judged += bytes.Length;
                return bytes.Length;
            }
        }

        if (bytes[next] != '\n')
        {
            Refuse(FramingRules.LineEndRefused);
            return bytes.Length;
        }

        Judged += next + 1;
        EndLine(split.IsEmpty ? text : split.Join(text));
        split.Clear();
        return next + 1;
    }

    private bool IsTooLong(int length) =>
        stage == Stage.RequestLine ? length > limits.RequestLineBytes : headerBytes + length > limits.HeaderBytes;

    private void EndLine(ReadOnlySpan<byte> line)
    {
        if (stage == Stage.RequestLine)
        {
            stage = Stage.Field;
            Heed(head.TakeRequestLine(line));
        }
        else if (line.IsEmpty)
        {
            EndHead();
        }
        else if (++headers > limits.Headers)
        {
            Refuse(FramingRules.HeadersTooMany);
        }
        else
        {
            headerBytes += line.Length + "\r\n".Length;
            Heed(head.TakeField(line));
        }
    }

    private void EndHead()
    {
        if (head.Finish(limits.BodyBytes) is { } refusal)
        {
            Refuse(refusal);
            return;
        }

        Passed = Judged;
        if (head.IsChunked)
        {
            stage = Stage.ChunkSize;
        }
        else if (head.Length > 0)
        {
            remaining = head.Length;
            stage = Stage.Body;
        }
        else
        {
            EndRequest();
        }
    }

    /// <summary>Content is counted, not looked at.</summary>
    private int TakeContent(int available)
    {
        var taken = (int)Math.Min(available, remaining);
        remaining -= taken;
        Judged += taken;
        Passed = Judged;
        if (remaining == 0)
        {
            if (stage == Stage.Chunk)
            {
                stage = Stage.ChunkCr;
            }
            else
            {
                EndRequest();
            }
        }

        return taken;
    }

    /// <summary>
    /// RFC 9112 section 7.1 without chunk extensions and trailers: hardly anybody sends them, and in how they end, readers differ.
    /// </summary>
    private int TakeChunkFraming(byte letter)
    {
        Judged++;
        switch (stage, letter)
        {
            case (Stage.ChunkSize, (byte)'\r') when sizeDigits > 0:
                stage = Stage.ChunkSizeLf;
                break;
            case (Stage.ChunkSize, _) when HexDigit.Value(letter) is >= 0 and var digit && sizeDigits < MostSizeDigits:
                remaining = (remaining << 4) | (uint)digit;
                sizeDigits++;
                break;
            case (Stage.ChunkSizeLf, (byte)'\n'):
                BeginChunk();
                break;
            case (Stage.ChunkCr, (byte)'\r'):
                stage = Stage.ChunkLf;
                break;
            case (Stage.ChunkLf, (byte)'\n'):
                Passed = Judged;
                stage = Stage.ChunkSize;
                break;
            case (Stage.LastCr, (byte)'\r'):
                stage = Stage.LastLf;
                break;
            case (Stage.LastLf, (byte)'\n'):
                Passed = Judged;
                EndRequest();
                break;
            default:
                Refuse(stage == Stage.LastCr ? FramingRules.TrailersRefused : FramingRules.ChunkMalformed);
                break;
        }

        return 1;
    }

    private void BeginChunk()
    {
        sizeDigits = 0;
        bodyBytes += remaining;
        if (remaining > int.MaxValue)
        {
            Refuse(FramingRules.ChunkMalformed);
        }
        else if (bodyBytes > limits.BodyBytes)
        {
            Refuse(FramingRules.BodyTooLarge);
        }
        else if (remaining == 0)
        {
            // The last chunk is handed on with what ends it.
            stage = Stage.LastCr;
        }
        else
        {
            Passed = Judged;
            stage = Stage.Chunk;
        }
    }

    private void EndRequest()
    {
        Requests++;
        stage = head.IsLast ? Stage.Over : Stage.RequestLine;
        head = default;
        headers = 0;
        headerBytes = 0;
        bodyBytes = 0;
    }

    private void Heed(FramingRefusal? refusal)
    {
        if (refusal is not null)
        {
            Refuse(refusal);
        }
    }
}
