using System.Text;
using System.Text.Unicode;

namespace Isthmus.Mapping.Feeds;

/// <summary>
/// Rows of a flat file (RFC 4180, any one-character delimiter, any line end), each a record; empty ones are none. The first row names the columns unless the
/// map says otherwise.
/// </summary>
internal static class CsvRecords
{
    private const char Replacement = '\uFFFD';

    public static IEnumerable<FeedRecord> Read(FeedMap feed, ReadOnlyMemory<byte> content)
    {
        var writer = new RecordWriter(feed);
        var isUtf8 = Utf8.IsValid(content.Span);
        var header = feed.HasHeader ? null : CsvHeader.Without(feed.Columns);
        foreach (var (line, cells, isWhole) in Rows(Encoding.UTF8.GetString(content.Span).TrimStart('\uFEFF'), feed.Delimiter))
        {
            if (isWhole && cells.TrueForAll(string.IsNullOrWhiteSpace))
            {
                continue;
            }

            if (header is null && isWhole)
            {
                header = CsvHeader.Of(feed.Columns, cells);
                continue;
            }

            writer.Begin();
            if (!isWhole)
            {
                writer.Find(FeedRules.QuoteOpen, "row");
                yield return writer.Unread(line);
                continue;
            }

            if (cells.FindLastIndex(cell => cell.Length > 0) >= header!.Names.Count)
            {
                writer.Find(FeedRules.CellsBeyond, "row");
                yield return writer.Unread(line);
                continue;
            }

            Write(writer, header, cells, isUtf8);
            yield return writer.Done(line);
        }
    }

    private static void Write(RecordWriter writer, CsvHeader header, List<string> cells, bool isUtf8)
    {
        if (cells.Count < header.Names.Count)
        {
            writer.Find(FeedRules.CellCount, "row");
        }

        foreach (var (rule, column) in header.Findings)
        {
            writer.Find(rule, column);
        }

        var record = writer.Part(string.Empty);
        for (var index = 0; index < Math.Min(cells.Count, header.Names.Count); index++)
        {
            var cell = cells[index].Trim();
            if (!isUtf8 && cell.Contains(Replacement, StringComparison.Ordinal))
            {
                writer.Find(FeedRules.NotUtf8, header.Names[index]);
            }

            if (header.Columns[index] is { } column)
            {
                writer.Set(record, column, cell);
            }
            else if (cell.Length > 0 && !header.IsTwice(index))
            {
                writer.Unknown(header.Names[index]);
            }
        }
    }

    /// <summary>The rows with the line each begins at; the last is not whole where a quotation mark stays open. </summary>
    private static IEnumerable<(int Line, List<string> Cells, bool IsWhole)> Rows(string text, char delimiter)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        int line = 1, started = 1;
        var quoted = false;
        for (var at = 0; at < text.Length; at++)
        {
            var c = text[at];
            var isLineEnd = c == '\n' || (c == '\r' && (at + 1 == text.Length || text[at + 1] != '\n'));
            line += isLineEnd ? 1 : 0;
            if (c == '"' && quoted && at + 1 < text.Length && text[at + 1] == '"')
            {
                cell.Append('"');
                at++;
            }
            else if (c == '"' && (quoted || cell.Length == 0))
            {
                quoted = !quoted;
            }
            else if (quoted || (c != delimiter && c is not ('\r' or '\n')))
            {
                cell.Append(c);
            }
            else if (c == delimiter)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else if (isLineEnd)
            {
                yield return (started, [.. cells, cell.ToString()], true);
                cells.Clear();
                cell.Clear();
                started = line;
            }
        }

        if (cells.Count > 0 || cell.Length > 0 || quoted)
        {
            yield return (started, [.. cells, cell.ToString()], !quoted);
        }
    }
}
