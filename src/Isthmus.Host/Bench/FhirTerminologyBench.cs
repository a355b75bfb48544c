using System.Text;
using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Terminology;
using Isthmus.Fhir.Units;

namespace Isthmus.Host.Bench;

/// <summary>How fast codes are found in value sets and units convert, beside a look-up of the same codes in a set of strings.</summary>
internal static class FhirTerminologyBench
{
    private const int AtOnce = 1000;

    public static IEnumerable<BenchResult> Run()
    {
        var set = TerminologySet.Of(DefinitionSet.R4).ValueSet("http://hl7.org/fhir/ValueSet/ucum-common");
        string[] codes = ["mmol/L", "mg/dL", "g/L", "%", "10*9/L", "furlong"];
        ReadOnlyMemory<byte>[] bytes = [.. codes.Select(code => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(code))];
        var strings = codes.Take(5).ToHashSet(StringComparer.Ordinal);
        var limit = AtOnce * FhirBench.PerSecond(bytes, code => Many(code, one => strings.Contains(Encoding.UTF8.GetString(one.Span))));
        yield return BenchResult.Info(
            "Coding in a value set of 1,357 codes", AtOnce * FhirBench.PerSecond(bytes, code => Many(code, one => set.Contains("http://unitsofmeasure.org"u8, one.Span) == Membership.Yes)), "codes/s", limit);

        var (mass, amount, other) = (Ucum.Unit("mg/dL")!, Ucum.Unit("mmol/L")!, Ucum.Unit("g/L")!);
        var glucose = MolarMasses.Table.Find("glucose")!;
        yield return BenchResult.Info("mg/dL to g/L", AtOnce * FhirBench.PerSecond(bytes, code => Many(code, _ => Ucum.TryConvert(90.5m, mass, other, out var _))), "quantities/s");
        yield return BenchResult.Info("  to mmol/L by molar mass", AtOnce * FhirBench.PerSecond(bytes, code => Many(code, _ => MolarMasses.TryConvert(90.5m, mass, amount, glucose, out var _))), "quantities/s");
    }

    private static long Many(ReadOnlyMemory<byte> code, Func<ReadOnlyMemory<byte>, bool> ask)
    {
        long found = 1;
        for (var i = 0; i < AtOnce; i++)
        {
            found += ask(code) ? 1 : 0;
        }

        return found;
    }
}
