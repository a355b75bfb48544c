using System.Text;

namespace Isthmus.Mapping.Feeds;

/// <summary>Rows of a flat file (RFC 4180, any one-character delimiter), each a record. The first row names the columns unless the map says otherwise.</summary>
internal static class CsvRecords
{
    public static IEnumerable<FeedRecord> Read(FeedMap feed, ReadOnlyMemory<byte> content)
    {
        var writer = new RecordWriter(feed);
        List<FeedColumn?>? columns = feed.HasHeader ? null : [.. feed.Columns.All];
        List<string>? header = null;
        foreach (var (line, cells, isWhole) in Rows(Encoding.UTF8.GetString(content.Span).TrimStart('\uFEFF'), feed.Delimiter))
        {
            if (columns is null)
            {
                header = cells;
                columns = cells.ConvertAll(feed.Columns.Find);
                continue;
            }

            writer.Begin(line);
            if (!isWhole)
            {
                writer.Find(FeedRules.QuoteOpen, "row");
                yield return writer.Done(line) with { Message = null };
                continue;
            }

            Write(writer, feed, columns, header, cells);
            yield return writer.Done(line);
        }
    }

    private static void Write(RecordWriter writer, FeedMap feed, List<FeedColumn?> columns, List<string>? header, List<string> cells)
    {
        if (cells.Count != columns.Count)
        {
            writer.Find(FeedRules.CellCount, "row");
        }

        foreach (var missing in feed.Columns.All.Where(column => !columns.Contains(column)))
        {
            writer.Find(FeedRules.ColumnMissing, missing.Name);
        }

        var segment = writer.Segment(string.Empty);
        for (var index = 0; index < Math.Min(cells.Count, columns.Count); index++)
        {
            if (columns[index] is { } column)
            {
                writer.Set(segment, column, cells[index].Trim());
            }
            else if (cells[index].Length > 0)
            {
                writer.Unknown(header?[index] ?? $"column {index + 1}");
            }
        }
    }

    /// <summary>The rows with the line each begins at; the last is not whole where a quotation mark stays open. Blank lines are no rows.</summary>
    private static IEnumerable<(int Line, List<string> Cells, bool IsWhole)> Rows(string text, char delimiter)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        int line = 1, started = 1;
        var quoted = false;
        for (var at = 0; at < text.Length; at++)
        {
            var c = text[at];
            line += c == '\n' ? 1 : 0;
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
            else if (c == '\n')
            {
                if (cells.Count > 0 || cell.Length > 0)
                {
                    yield return (started, [.. cells, cell.ToString()], true);
                }

                cells.Clear();
                cell.Clear();
                started = line;
            }
        }

        if (cells.Count > 0 || cell.Length > 0)
        {
            yield return (started, [.. cells, cell.ToString()], !quoted);
        }
    }
}
