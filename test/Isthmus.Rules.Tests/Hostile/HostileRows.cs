using System.Text.RegularExpressions;
using Isthmus.Testing;

namespace Isthmus.Rules.Tests.Hostile;

/// <summary>
/// The public list of hostile inputs, row by row: each is tried by tests that name it (<see cref="HostileRowAttribute"/>), or stands below
/// with what is missing. A row below that has tests is tried in part.
/// </summary>
public sealed partial class HostileRows
{
    private const string NoWrites = "the API takes no resources in yet";
    private const string NoExport = "the API exports nothing yet";

    /// <summary>What of a row cannot be tried yet, for the product has nothing that it could be tried on.</summary>
    private static readonly Dictionary<string, string> Missing = new(StringComparer.Ordinal)
    {
        ["B07"] = $"a registration is tried; {NoWrites}",
        ["B08"] = "nothing is redacted yet",
        ["D10"] = "expressions are run without backtracking, by rule; searches by text are bounded and not timed",
        ["D12"] = $"the reader is tried; {NoWrites}",
        ["D16"] = "there is neither $match nor a way back from a pseudonym",
        ["D21"] = "deliveries are tried; no route of the door waits for somebody else's system",
        ["F07"] = $"the validator is tried; {NoWrites}",
        ["F08"] = $"ids in paths are tried; {NoWrites}",
        ["F11"] = "no report is exported as CSV",
        ["F12"] = "X12 is not spoken yet",
        ["G04"] = $"deliveries, reads, searches and pages are tried; {NoExport}",
        ["G06"] = "there is no way back from a pseudonym",
    };

    [ConformanceFact("hostile")]
    public void Every_row_is_tried_or_says_what_is_missing()
    {
        var rows = File.ReadLines(Conformance.PathOf("hostile", "cases.csv")).Skip(1).Where(line => line.Length > 0).Select(line => line.Split(',')[0]).ToArray();
        var tried = Tried().Select(test => test.Row).ToHashSet(StringComparer.Ordinal);

        Assert.NotEmpty(rows);
        Faults.AreNone([
            .. rows.Except(tried).Except(Missing.Keys).Select(row => $"{row}: no test names it"),
            .. tried.Except(rows).Select(row => $"{row}: a test names it, and the list does not have it"),
            .. Missing.Keys.Except(rows).Select(row => $"{row}: said to be missing, and the list does not have it"),
        ]);
    }

    /// <summary>So that no row is claimed by a method that nobody runs.</summary>
    [Fact]
    public void Whatever_names_a_row_is_a_test() =>
        Faults.AreNone(Tried().Where(test => !IsTest().IsMatch(test.Attributes)).Select(test => $"{test.Row}: {test.Method} is no test"));

    private static IEnumerable<(string Row, string Method, string Attributes)> Tried() => Product.Files
        .Where(file => file.Name.StartsWith("test/", StringComparison.Ordinal) && file.Name.EndsWith(".cs", StringComparison.Ordinal))
        .SelectMany(file => NamesRows().Matches(file.Code))
        .SelectMany(match => RowId().Matches(match.Groups["rows"].Value).Select(row => (row.Value, match.Groups["method"].Value, match.Groups["attributes"].Value)));

    /// <summary>The attributes of a method, of which one names rows, and the method's name.</summary>
    [GeneratedRegex(
        @"^    (?<attributes>\[[^\n]*\bHostileRow\((?<rows>(""[A-Z]\d\d""(, )?)+)\)\][^\n]*\n(    \[[^\n]*\n)*)    public (static )?(async )?(Task|void) (?<method>\w+)\(",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex NamesRows();

    [GeneratedRegex(@"[A-Z]\d\d", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RowId();

    [GeneratedRegex(@"\[\w*(Fact|Theory)\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex IsTest();
}
