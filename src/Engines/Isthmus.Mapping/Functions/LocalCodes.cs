using Isthmus.Fhir.Elements;
using Isthmus.Mapping.Running;
using Isthmus.Mapping.Terminology;

namespace Isthmus.Mapping.Functions;

/// <summary>
/// Adds the standard coding of a local code behind the original ones. A concept that already has the standard system is left alone;
/// one of which the table does not say what it means, of that system and with that unit, keeps its codings and makes a finding: a wrong
/// standard code is worse than none.
/// </summary>
internal static class LocalCodes
{
    private static readonly int CodingName = FhirNames.IdOf("coding"u8);
    private static readonly int SystemName = FhirNames.IdOf("system"u8);
    private static readonly int CodeName = FhirNames.IdOf("code"u8);
    private static readonly int DisplayName = FhirNames.IdOf("display"u8);

    private static ReadOnlySpan<byte> Loinc => "http://loinc.org"u8;

    /// <param name="concept">The CodeableConcept's register.</param>
    /// <param name="value">The CE or CWE it came from: code and system at 1 and 3, alternates at 4 and 6.</param>
    /// <param name="unit">The CE or CWE of the result's unit; empty where it has none.</param>
    public static void Translate(TranslationRun run, int frame, int concept, CodeTranslation translation, Slice value, Slice unit)
    {
        var table = translation.Table;
        if (!run.IsMade(frame, concept))
        {
            return;
        }

        var element = run.Ensure(frame, concept);
        if (HasLoinc(run, element))
        {
            return;
        }

        var units = new UnitSlices(
            run.Text.Innermost(run.Text.Part(unit, 1)), run.Text.Innermost(run.Text.Part(unit, 2)), run.Text.Innermost(run.Text.Part(unit, 3)));
        var found = Find(run, translation, value, 1, units) ?? Find(run, translation, value, 4, units);
        if (found is null)
        {
            run.Find(FindingRules.CodeUnmapped.Rule, value, FindingRules.CodeUnmapped.Message, $"codes/{table.Name}", units.Spelling);
            return;
        }

        var added = run.Builder.Item(element, CodingName);
        run.Builder.String(added, SystemName, found.System);
        run.Builder.String(added, CodeName, found.Code);
        if (found.Display.Length > 0)
        {
            run.Builder.String(added, DisplayName, found.Display);
        }
    }

    private static Coded? Find(TranslationRun run, CodeTranslation translation, Slice value, int component, UnitSlices units)
    {
        var code = run.Text.Bytes(run.Text.Innermost(run.Text.Part(value, component)));
        var system = run.Text.Bytes(run.Text.Innermost(run.Text.Part(value, component + 2)));
        if (code.IsEmpty)
        {
            return null;
        }

        Span<byte> uri = stackalloc byte[SystemFunctions.LongestUri];
        var terminology = translation.Terminology;
        var length = SystemFunctions.CodingSystemUri(terminology, system, run.Context.Source, uri, out var standing);
        var use = new CodeUse(
            terminology, system, uri[..length], standing != SystemStanding.Listed, run.Text.Bytes(units.Spelling), run.Text.Bytes(units.System));
        var found = translation.Table.Find(code, use);
        if (found is not null)
        {
            run.Trace?.Look(translation.Table.Name, found);
        }

        return found;
    }

    private static bool HasLoinc(TranslationRun run, int concept)
    {
        if (run.Builder.Find(concept, CodingName) is not (var codings and >= 0))
        {
            return false;
        }

        foreach (var coding in run.Builder.Element(codings))
        {
            if (run.Builder.Find(FhirBuilder.NodeOf(coding), SystemName) is var system and >= 0 && run.Builder.TextAt(system).SequenceEqual(Loinc))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>What adds standard codings to local ones.</summary>
/// <param name="Unit">Where the result's unit stands; null where codes have none.</param>
internal sealed record CodeTranslation(LocalCodeTable Table, TerminologySet Terminology, Source? Unit);
