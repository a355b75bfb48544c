using System.CommandLine;
using Isthmus.Host.Conformance;

namespace Isthmus.Host.Commands;

/// <summary><c>isthmus conformance ENGINE CASES --out RESULTS</c>: the community's test cases through an engine, one answer per line.</summary>
internal static class ConformanceCommand
{
    public static Command Create() => new("conformance", "Run public test cases through an engine and write its answers, one JSON line each.")
    {
        FhirPathCases.Create(Options.Json()),
        Hl7v2Cases.Create(Options.Site(), Options.Json()),
        JsonCases.Create(Options.Json()),
        ValidatorCases.Create(Options.Json()),
    };
}
