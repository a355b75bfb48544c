using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Units;
using Isthmus.Mapping.Running;

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
            var codeAt = run.Text.Innermost(code(run, frame));
            var textAt = run.Text.Innermost(text(run, frame));
            if (codeAt.IsEmpty && textAt.IsEmpty)
            {
                return;
            }

            var quantity = run.Ensure(frame, register);
            if (run.Builder.Has(quantity, UnitName))
            {
                return;
            }

            var spelling = codeAt.IsEmpty ? textAt : codeAt;
            run.Builder.Take(quantity, UnitName, repeats: false, run.WriteText(textAt.IsEmpty ? codeAt : textAt));

            Span<byte> uri = stackalloc byte[SystemFunctions.LongestUri];
            var systemAt = run.Text.Innermost(system(run, frame));
            var named = uri[..(systemAt.IsEmpty ? 0 : SystemFunctions.CodingSystemUri(run, systemAt, terminology, uri, out bool _))];
            var saysUcum = named.SequenceEqual(UcumSystem) && !codeAt.IsEmpty;
            if (terminology.Units.Find(run.Text.Bytes(spelling)) is { } ucum)
            {
                run.Builder.String(quantity, SystemName, UcumSystem);
                run.Builder.String(quantity, CodeName, ucum.Code);
            }
            else if (saysUcum && Ucum.Unit(run.Text.Bytes(codeAt)) is not null)
            {
                run.Builder.String(quantity, SystemName, UcumSystem);
                run.Builder.Take(quantity, CodeName, repeats: false, run.WriteText(codeAt));
            }
            else
            {
                run.Find(FindingRules.UnitUnmapped.Rule, spelling, FindingRules.UnitUnmapped.Message);
                if (!named.IsEmpty && !codeAt.IsEmpty && !saysUcum)
                {
                    run.Builder.String(quantity, SystemName, named);
                    run.Builder.Take(quantity, CodeName, repeats: false, run.WriteText(codeAt));
                }
            }
        };
    }
}
