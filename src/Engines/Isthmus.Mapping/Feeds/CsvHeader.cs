using System.Globalization;

namespace Isthmus.Mapping.Feeds;

/// <summary>Which column of the map each cell of a row belongs to, and what is wrong with the row that says so.</summary>
/// <param name="Names">As the file writes them.</param>
/// <param name="Columns">In the order of the cells; null for one that is not read.</param>
internal sealed record CsvHeader(
    IReadOnlyList<string> Names, IReadOnlyList<FeedColumn?> Columns, IReadOnlyList<((string Rule, string Message) Rule, string Column)> Findings)
{
    /// <summary>The columns of a file that has no header stand in the order of the map.</summary>
    public static CsvHeader Without(FeedColumns known) => new([.. known.All.Select(column => column.Name)], [.. known.All], []);

    public static CsvHeader Of(FeedColumns known, IReadOnlyList<string> cells)
    {
        string[] names = [.. cells.Select((cell, index) => cell.Trim() is { Length: > 0 } name ? name : string.Create(CultureInfo.InvariantCulture, $"column {index + 1}"))];
        var columns = new FeedColumn?[names.Length];
        var findings = new List<((string, string), string)>();
        for (var index = 0; index < names.Length; index++)
        {
            columns[index] = known.Find(names[index]) ?? Otherwise(known, names, names[index]);
            if (columns[index] is { } column && column.Name != names[index])
            {
                findings.Add((FeedRules.HeaderCase, column.Name));
            }
        }

        foreach (var twice in columns.OfType<FeedColumn>().GroupBy(column => column).Where(column => column.Count() > 1))
        {
            findings.Add((FeedRules.ColumnTwice, twice.Key.Name));
            columns = [.. columns.Select(column => column == twice.Key ? null : column)];
        }

        findings.AddRange(known.All.Where(column => !columns.Contains(column) && !findings.Contains((FeedRules.ColumnTwice, column.Name)))
            .Select(column => (FeedRules.ColumnMissing, column.Name)));
        return new CsvHeader(names, columns, findings);
    }

    /// <summary>Whether a cell is not read because the header has its column twice, which is said already.</summary>
    public bool IsTwice(int cell) =>
        Columns[cell] is null && Findings.Any(finding => finding.Rule == FeedRules.ColumnTwice && finding.Column.Equals(Names[cell], StringComparison.OrdinalIgnoreCase));

    /// <summary>The one column that a name spells with other capitals, if the file does not have that one, too.</summary>
    private static FeedColumn? Otherwise(FeedColumns known, string[] names, string name)
    {
        var like = known.All.Where(column => column.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).ToList();
        return like is [var one] && !names.Contains(one.Name, StringComparer.Ordinal) ? one : null;
    }
}
