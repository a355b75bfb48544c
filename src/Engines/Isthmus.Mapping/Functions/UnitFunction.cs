using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Units;
using Isthmus.Mapping.Running;
using Isthmus.Mapping.Terminology;

namespace Isthmus.Mapping.Functions;

/// <summary>
/// Units (code, text, coding system) into a Quantity. The sender's spelling stays in <c>unit</c>; <c>code</c> is UCUM where the site's
/// unit table knows the spelling, or the sender says UCUM and it is; otherwise the sender's own code and system. The table comes first:
/// K/uL is a UCUM code, but no laboratory that sends it counts kelvins.
/// </summary>
internal static class UnitFunction
{
    private static readonly int UnitName = FhirNames.IdOf("unit"u8);
    private static readonly int SystemName = FhirNames.IdOf("system"u8);
    private static readonly int CodeName = FhirNames.IdOf("code"u8);

    private static ReadOnlySpan<byte> UcumSystem => "http://unitsofmeasure.org"u8;

    public static RuleAction Compile(FunctionUse use)
    {
        var (code, text, system) = (use.Sources[0], use.Sources[1], use.Sources[2]);
        var register = use.Register;
        var terminology = use.Terminology;
        return (run, frame, _) =>
        {
            var units = new UnitSlices(run.Text.Innermost(code(run, frame)), run.Text.Innermost(text(run, frame)), run.Text.Innermost(system(run, frame)));
            if (!units.Spelling.IsEmpty && !Write(run, run.Ensure(frame, register), units, terminology))
            {
                run.Find(FindingRules.UnitUnmapped.Rule, units.Spelling, FindingRules.UnitUnmapped.Message, $"units/{terminology.Units.Name}");
            }
        };
    }

    /// <summary>Writes a unit into a Quantity that has none.</summary>
    /// <returns>False where there is a unit and it is not known to be UCUM.</returns>
    public static bool Write(TranslationRun run, int quantity, UnitSlices units, TerminologySet terminology)
    {
        if (units.Spelling.IsEmpty || run.Builder.Has(quantity, UnitName))
        {
            return true;
        }

        if (run.LastUnit.Is(run, units))
        {
            for (var node = run.LastUnit.First; node < run.LastUnit.End; node++)
            {
                run.Builder.Again(quantity, node);
            }

            return run.LastUnit.IsUcum;
        }

        var first = run.Builder.NodeCount;
        var isUcum = Put(run, quantity, units, terminology);
        run.LastUnit = new WrittenUnit(units, first, run.Builder.NodeCount, isUcum);
        return isUcum;
    }

    private static bool Put(TranslationRun run, int quantity, UnitSlices units, TerminologySet terminology)
    {
        run.Builder.Take(quantity, UnitName, repeats: false, run.WriteText(units.Text.IsEmpty ? units.Code : units.Text));
        Span<byte> uri = stackalloc byte[SystemFunctions.LongestUri];
        var named = uri[..(units.System.IsEmpty ? 0 : SystemFunctions.CodingSystemUri(run, units.System, terminology, uri, out bool _))];
        var saysUcum = named.SequenceEqual(UcumSystem) && !units.Code.IsEmpty;
        if (run.Look(terminology.Units, run.Text.Bytes(units.Spelling)) is { } ucum)
        {
            run.Builder.String(quantity, SystemName, UcumSystem);
            run.Builder.String(quantity, CodeName, ucum.Code);
            return true;
        }

        if (saysUcum && Ucum.Unit(run.Text.Bytes(units.Code)) is not null)
        {
            run.Builder.String(quantity, SystemName, UcumSystem);
            run.Builder.Take(quantity, CodeName, repeats: false, run.WriteText(units.Code));
            return true;
        }

        if (!named.IsEmpty && !units.Code.IsEmpty && !saysUcum)
        {
            run.Builder.String(quantity, SystemName, named);
            run.Builder.Take(quantity, CodeName, repeats: false, run.WriteText(units.Code));
        }

        return false;
    }
}
