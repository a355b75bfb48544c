using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Validation;
using Isthmus.Host.Conformance;

namespace Isthmus.Host.Bench;

/// <summary>How many resources a second are read and validated in full, invariants and required bindings included.</summary>
internal static class FhirValidateBench
{
    private const string UsCore = "uscore/6.1.0";
    private const string UsCorePatient = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient";

    public static IEnumerable<BenchResult> Run(FhirSamples samples)
    {
        yield return Row("Patient", samples.Patients, DefinitionSet.R4, ValidationOptions.Default, 40_000);
        yield return Row("Observation", samples.Observations, DefinitionSet.R4, ValidationOptions.Default, 80_000);
        yield return Row("Bundle of 50 entries", samples.Bundles, DefinitionSet.R4, ValidationOptions.Default, 1_500);
        if (Guide() is { } guide)
        {
            yield return Row("US Core Patient", samples.UsCorePatients, guide, new ValidationOptions { Profiles = [UsCorePatient] }, 20_000);
        }
    }

    private static BenchResult Row(string name, ReadOnlyMemory<byte>[] documents, DefinitionSet definitions, ValidationOptions options, double bar)
    {
        var validator = FhirValidator.For(definitions);
        var rate = FhirBench.PerSecond(documents, json => validator.Validate(json, options).IsValid ? 1 : 0);
        return BenchResult.AtLeast($"{name}, validate", rate, "resources/s", bar, FhirBench.Walk(documents));
    }

    /// <summary>US Core is not part of the product; it is measured where the public test cases are.</summary>
    private static DefinitionSet? Guide()
    {
        var root = Environment.GetEnvironmentVariable("ISTHMUS_CONFORMANCE") is { Length: > 0 } asked
            ? asked
            : Path.Combine(Environment.GetEnvironmentVariable("ISTHMUS_HOME") ?? ".", "..", "shared", "conformance");
        var folder = Path.Combine(root, UsCore);
        return Directory.Exists(folder) ? PackageFiles.Load([folder]) : null;
    }
}
