using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Units;
using Isthmus.Mapping.Running;
using Isthmus.Mapping.Terminology;

namespace Isthmus.Mapping.Functions;

/// <summary>A unit as it is sent: code, text and coding system, innermost.</summary>
internal readonly record struct UnitSlices(Slice Code, Slice Text, Slice System)
{
    public Slice Spelling => Code.IsEmpty ? Text : Code;
}

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

    /// <summary>The unit that the site's table takes a spelling for; else the one it is, where the sender says that it is UCUM.</summary>
    public static UcumUnit? Known(TerminologySet terminology, ReadOnlySpan<byte> spelling, bool isUcum) =>
        spelling.IsEmpty ? null
        : terminology.Units.Find(spelling) is { } listed ? Ucum.Unit(listed.Code)
        : isUcum ? Ucum.Unit(spelling) : null;

    /// <summary>Writes a unit into a Quantity that has none.</summary>
    /// <returns>False where there is a unit and it is not known to be UCUM.</returns>
    public static bool Write(TranslationRun run, int quantity, UnitSlices units, TerminologySet terminology)
    {
        if (units.Spelling.IsEmpty || run.Builder.Has(quantity, UnitName))
        {
            return true;
        }

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
