using System.Globalization;
using System.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Mapping.Running;

namespace Isthmus.Mapping.Functions;

/// <summary>
/// A period that ends before it starts says something that cannot be (constraint per-1). What came first stays the period's; the other is
/// kept beside it as the text that would have stood there, for somebody to look at.
/// </summary>
internal static class PeriodBounds
{
    /// <summary>How long a date without a time is.</summary>
    private const int DateLength = 10;

    private const int OffsetLength = 6;

    private static readonly int StartName = FhirNames.IdOf("start"u8);
    private static readonly int EndName = FhirNames.IdOf("end"u8);
    private static readonly int ExtensionName = FhirNames.IdOf("extension"u8);
    private static readonly int UrlName = FhirNames.IdOf("url"u8);
    private static readonly int TextName = FhirNames.IdOf("valueString"u8);

    /// <summary>Whether a bound would lie on the wrong side of the one that the period has already.</summary>
    public static bool IsReversed(TranslationRun run, int period, int name, ReadOnlySpan<byte> text)
    {
        var other = name == EndName ? StartName : EndName;
        if (!run.Builder.Has(period, other))
        {
            return false;
        }

        var known = run.Builder.Element(period)[other == StartName ? "start"u8 : "end"u8].Text;
        return name == EndName ? IsBefore(text, known) : IsBefore(known, text);
    }

    public static void KeepBeside(TranslationRun run, int period, int name, ReadOnlySpan<byte> text)
    {
        var extension = run.Builder.Item(run.Builder.Object(period, name, sibling: true), ExtensionName);
        run.Builder.String(extension, UrlName, "http://hl7.org/fhir/StructureDefinition/rendered-value"u8);
        run.Builder.String(extension, TextName, text);
    }

    /// <summary>As precise as both are; days are compared where one of them is no more.</summary>
    private static bool IsBefore(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (first.Length <= DateLength || second.Length <= DateLength)
        {
            var common = Math.Min(Math.Min(first.Length, second.Length), DateLength);
            return first[..common].SequenceCompareTo(second[..common]) < 0;
        }

        return first.Length == second.Length && first[^OffsetLength..].SequenceEqual(second[^OffsetLength..])
            ? first.SequenceCompareTo(second) < 0
            : Moment(first) < Moment(second);
    }

    private static DateTimeOffset Moment(ReadOnlySpan<byte> text) => DateTimeOffset.Parse(Encoding.ASCII.GetString(text), CultureInfo.InvariantCulture);
}
