using Isthmus.Mapping.Running;
using Isthmus.Mapping.Terminology;

namespace Isthmus.Mapping.Functions;

/// <summary>What a function is compiled with: its sources and where its result goes.</summary>
/// <param name="Sources">The rule's sources; the first is also handed over at run time.</param>
/// <param name="Target">Where a primitive result goes; default for functions that fill an element.</param>
/// <param name="Register">The element that is filled; -1 for functions that yield a primitive.</param>
internal sealed record FunctionUse(Source[] Sources, Target Target, int Register, TerminologySet Terminology)
{
    /// <summary>The sources as the rule writes them, for functions that look beyond the segment in hand.</summary>
    public IReadOnlyList<string> From { get; init; } = [];
}

/// <summary>A function of the map language. The set is closed: maps combine functions, sites do not add code.</summary>
/// <param name="FillsElement">Whether it fills a whole element rather than yielding one primitive.</param>
/// <param name="Types">The FHIR types it can fill or yield; empty for any.</param>
/// <param name="MinSources">How many sources it needs.</param>
internal sealed record Function(string Name, bool FillsElement, string[] Types, int MinSources, Func<FunctionUse, RuleAction> Compile)
{
    /// <summary>Whether it asks for its sources itself, because any of them may be the one that is valued.</summary>
    public bool ReadsItself => Name is "coding" or "table-coding" or "units" or "authority" or "media-type" or "data" or "every-line" or "range";
}

/// <summary>Every function by name.</summary>
internal static class FunctionCatalogue
{
    public static IReadOnlyDictionary<string, Function> All { get; } = new[]
    {
        new Function("text", false, [], 1, TextFunctions.Innermost),
        new Function("whole-text", false, [], 1, TextFunctions.Whole),
        new Function("lines", false, [], 1, TextFunctions.Lines),
        new Function("id", false, ["id"], 1, TextFunctions.Id),
        new Function("untyped-text", false, ["string"], 1, TextFunctions.Untyped),
        new Function("date", false, ["date"], 1, DateFunctions.Date),
        new Function("dateTime", false, ["dateTime"], 1, DateFunctions.DateTime),
        new Function("instant", false, ["instant"], 1, DateFunctions.Instant),
        new Function("time", false, ["time"], 1, DateFunctions.Time),
        new Function("decimal", false, ["decimal"], 1, NumberFunctions.Decimal),
        new Function("integer", false, ["integer", "positiveInt", "unsignedInt"], 1, NumberFunctions.Integer),
        new Function("quantity", true, ["Quantity"], 1, NumberFunctions.Quantity),
        new Function("range", true, ["Range"], 2, RangeFunction.Limits),
        new Function("reference-range", true, ["Observation.referenceRange"], 4, RangeFunction.Compile),
        new Function("boolean", false, ["boolean"], 1, CodeFunctions.Boolean),
        new Function("coding", true, ["Coding"], 4, CodingFunction.Plain),
        new Function("table-coding", true, ["Coding"], 4, CodingFunction.Tabled),
        new Function("units", true, ["Quantity"], 3, UnitFunction.Compile),
        new Function("system", false, ["uri"], 1, SystemFunctions.CodingSystem),
        new Function("authority", false, ["uri"], 3, SystemFunctions.Authority),
        new Function("universal-id", false, ["uri", "url", "string"], 2, SystemFunctions.UniversalId),
        new Function("universal-system", false, ["uri"], 2, SystemFunctions.UniversalSystem),
        new Function("media-type", false, ["code"], 2, AttachmentFunctions.MediaType),
        new Function("data", false, ["base64Binary"], 2, AttachmentFunctions.Data),
        new Function("report-text", true, ["DiagnosticReport"], 0, ReportText.Compile),
        new Function("every-line", false, ["string", "markdown", "base64Binary"], 1, EveryLine.Compile),
        new Function("later", false, ["dateTime", "instant"], 3, TimeSpans.Later),
        new Function("minutes", false, ["positiveInt", "unsignedInt"], 2, TimeSpans.Minutes),
        new Function("duration", true, ["Quantity"], 1, TimeSpans.Duration),
        new Function("repeat-pattern", true, ["Timing"], 1, RepeatPattern.Compile),
        new Function("timing-sequence", false, ["integer"], 0, TimingSequence.Compile),
        new Function("now", false, ["instant", "dateTime"], 0, ContextFunctions.Now),
        new Function("message-reference", false, ["string"], 0, ContextFunctions.MessageReference),
        new Function("map-version", false, ["string"], 0, ContextFunctions.MapVersion),
        new Function("terminology-version", false, ["string"], 0, ContextFunctions.TerminologyVersion),
    }.ToDictionary(function => function.Name, StringComparer.Ordinal);

    /// <summary>What a rule without a conversion does, by the target's type.</summary>
    public static Function Default(string type) => All[type switch
    {
        "date" => "date",
        "dateTime" => "dateTime",
        "instant" => "instant",
        "time" => "time",
        "decimal" => "decimal",
        "integer" or "positiveInt" or "unsignedInt" => "integer",
        "boolean" => "boolean",
        _ => "text",
    }];
}
