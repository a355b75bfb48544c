using System.Text;

namespace Isthmus.Mapping.Terminology;

/// <summary>Comma-separated rows (RFC 4180) with their line numbers; lines that begin with # are comments.</summary>
internal static class CsvText
{
    public static IEnumerable<(int Line, IReadOnlyList<string> Cells)> Rows(string text)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        var line = 1;
        var started = 1;
        var quoted = false;
        for (var i = 0; i <= text.Length; i++)
        {
            var c = i < text.Length ? text[i] : '\n';
            if (quoted)
            {
                if (c == '"' && i + 1 < text.Length && text[i + 1] == '"')
                {
                    cell.Append('"');
                    i++;
                }
                else if (c == '"')
                {
                    quoted = false;
                }
                else
                {
                    cell.Append(c);
                    line += c == '\n' ? 1 : 0;
                }

                if (i < text.Length)
                {
                    continue;
                }
            }

            switch (c)
            {
                case '"':
                    quoted = true;
                    break;
                case ',':
                    cells.Add(cell.ToString().Trim());
                    cell.Clear();
                    break;
                case '\r':
                    break;
                case '\n':
                    cells.Add(cell.ToString().Trim());
                    cell.Clear();
                    if (cells is not [{ Length: 0 }] && !cells[0].StartsWith('#'))
                    {
                        yield return (started, cells);
                    }

                    cells = [];
                    started = ++line;
                    break;
                default:
                    cell.Append(c);
                    break;
            }
        }
    }

    /// <summary>The value of a header comment such as <c># version: 1.0.0</c>.</summary>
    public static string? Header(string text, string key)
    {
        foreach (var line in text.Split('\n').TakeWhile(line => line.StartsWith('#')))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && line[1..colon].Trim() == key)
            {
                return line[(colon + 1)..].Trim();
            }
        }

        return null;
    }
}
