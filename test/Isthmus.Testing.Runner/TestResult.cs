using System.Globalization;
using System.Xml.Linq;

namespace Isthmus.Testing.Runner;

/// <summary>One test as the result files (TRX) tell it.</summary>
internal sealed record TestResult(string Name, string Outcome, TimeSpan Duration, string? Message)
{
    private static readonly XNamespace Trx = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    public static IReadOnlyList<TestResult> ReadAll(string folder) =>
        Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, "*.trx", SearchOption.AllDirectories).SelectMany(Read)]
            : [];

    private static IEnumerable<TestResult> Read(string file) =>
        XDocument.Load(file).Descendants(Trx + "UnitTestResult").Select(result => new TestResult(
            (string)result.Attribute("testName")!,
            (string)result.Attribute("outcome")!,
            TimeSpan.Parse((string?)result.Attribute("duration") ?? "0:0:0", CultureInfo.InvariantCulture),
            // A failure tells its message, a skipped test its reason on standard output.
            (result.Descendants(Trx + "Message").FirstOrDefault() ?? result.Descendants(Trx + "StdOut").FirstOrDefault())?.Value.Trim()));
}
