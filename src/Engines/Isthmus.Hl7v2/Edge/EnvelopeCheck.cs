using System.Buffers.Text;

namespace Isthmus.Hl7v2;

/// <summary>What FHS, BHS, BTS and FTS say of a file, held against what stands in it.</summary>
internal sealed class EnvelopeCheck(ReadOnlyMemory<byte> content)
{
    private readonly Hl7Findings findings = new(Hl7Limits.DefaultFindings);
    private int files;
    private int fileTrailers;
    private int batches;
    private int batchesOfFile;
    private int batchTrailers;
    private int messages;
    private bool isFileOpen;
    private bool isBatchOpen;

    public Hl7BatchMessage Message(ReadOnlyMemory<byte> bytes) => new(bytes, isBatchOpen ? batches : 0, ++messages);

    /// <param name="start">Of the envelope segment.</param>
    /// <param name="end">Behind its line end.</param>
    public void Segment(int start, int end)
    {
        var line = content.Span[start..end].TrimEnd("\r\n"u8);
        line = line is [0xEF, 0xBB, 0xBF, ..] ? line[3..] : line;
        switch (line[..3])
        {
            case [(byte)'F', (byte)'H', ..]:
                CloseBatch(start);
                CloseFile(start);
                files++;
                batchesOfFile = 0;
                isFileOpen = true;
                break;
            case [(byte)'B', (byte)'H', ..]:
                CloseBatch(start);
                batches++;
                batchesOfFile++;
                messages = 0;
                isBatchOpen = true;
                break;
            case [(byte)'B', ..]:
                Trailer(new("BTS", ++batchTrailers, 1), line, start, isBatchOpen, messages);
                isBatchOpen = false;
                messages = 0;
                break;
            default:
                CloseBatch(start);
                Trailer(new("FTS", ++fileTrailers, 1), line, start, isFileOpen, batchesOfFile);
                isFileOpen = false;
                break;
        }
    }

    public IReadOnlyList<Hl7Finding> Finish()
    {
        CloseBatch(content.Length);
        CloseFile(content.Length);
        return findings.List;
    }

    private void CloseBatch(int at)
    {
        if (isBatchOpen)
        {
            findings.Add(Hl7Rules.BatchUnclosed, new("BHS", batches), at);
            isBatchOpen = false;
            messages = 0;
        }
    }

    private void CloseFile(int at)
    {
        if (isFileOpen)
        {
            findings.Add(Hl7Rules.BatchUnclosed, new("FHS", files), at);
            isFileOpen = false;
        }
    }

    /// <summary>A trailer may leave the count out (HL7 v2.5.1 §2.14.2, §2.14.4).</summary>
    private void Trailer(Hl7Location place, ReadOnlySpan<byte> line, int at, bool isOpen, int found)
    {
        if (!isOpen)
        {
            findings.Add(Hl7Rules.BatchUnopened, place with { Field = 0 }, at);
            return;
        }

        var said = line.Length > 4 ? line[4..] : default;
        var length = said.IndexOf(line.Length > 3 ? line[3] : default);
        said = (length < 0 ? said : said[..length]).Trim((byte)' ');
        if (!said.IsEmpty && (!Utf8Parser.TryParse(said, out int count, out var read) || read != said.Length || count != found))
        {
            findings.Add(Hl7Rules.BatchCount, place, at);
        }
    }
}
