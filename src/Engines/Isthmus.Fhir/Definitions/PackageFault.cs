using Isthmus.Fhir.Json;

namespace Isthmus.Fhir.Definitions;

/// <summary>A file of a package that was left out: a stable rule id and one sentence.</summary>
/// <param name="File">Its name in the package; empty where the package itself is at fault.</param>
/// <param name="Fault">For JSON that cannot be read, where it fails.</param>
public sealed record PackageFault(string Rule, string File, string Message, FhirFault? Fault = null)
{
    internal static PackageFault NotJson(string file, FhirFault fault) => new("fhir.package.not-json", file, "This file is not JSON and is left out.", fault);

    internal static PackageFault TooLarge(string file) => new("fhir.package.file-too-large", file, "This file is larger than a definition may be and is left out.");

    internal static PackageFault TooMuch() => new("fhir.package.too-large", "", "The package unpacks to more than the limit; what came after it is left out.");

    internal static PackageFault Damaged() => new("fhir.package.damaged", "", "The package file is damaged or cut short; what came before is used.");
}
