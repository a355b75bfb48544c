using Isthmus.Hl7v2;
using Isthmus.Mapping.Functions;
using Isthmus.Mapping.Language;
using Isthmus.Mapping.Running;

namespace Isthmus.Mapping.Compiling;

/// <summary>
/// Values that are texts and nothing else in every version of the standard (ST, TX, FT). A delimiter in one of them divides nothing: its
/// sender forgot to escape it, as in <c>Apt 4&amp;5</c>. It belongs to the text, and is reported.
/// </summary>
internal static class PlainText
{
    public static bool Is(SourcePath path)
    {
        if (path.Subcomponent > 0)
        {
            return false;
        }

        if (path.Datatype.Length > 0)
        {
            return IsWhole(path) || (!IsCode(path.Datatype, path.Component) && Holds(Hl7Definitions.DataType(path.Datatype)?.Component(path.Component)?.DataType));
        }

        var field = path.Segment.Length == 3 ? Hl7Definitions.Segment(path.Segment)?.Field(path.Field)?.DataType : null;
        return field is not null && (path.Component == 0 ? Holds(field) : field.Values.All(type => !IsCode(type, path.Component) && Holds(Hl7Definitions.DataType(type)?.Component(path.Component)?.DataType)));
    }

    /// <summary>Whether it is the value of a text itself: <c>ST.1</c>.</summary>
    public static bool IsWhole(SourcePath path) => path is { Component: 1, Subcomponent: 0 } && IsText(path.Datatype);

    public static Source Of(Source source) => (run, frame) =>
    {
        var value = source(run, frame);
        if (run.Text.HoldsDelimiter(value))
        {
            value = run.Text.WithoutTrailingDelimiters(value);
            StrayDelimiters.Report(run, value);
        }

        return value with { Level = Level.Subcomponent };
    };

    /// <summary>Behind a code may stand the suffix that says what is told of it: <c>71020&amp;IMP</c> (HL7 v2.3 §7.1.4).</summary>
    private static bool IsCode(string type, int component) => type is "CE" or "CWE" or "CNE" or "CF" && component is 1 or 4 or 10;

    private static bool Holds(Hl7History<string>? types) => types is not null && types.Values.All(IsText);

    private static bool IsText(string type) => type is "ST" or "TX" or "FT";
}
