using static Isthmus.Fhir.Validation.Findings.FindingSeverity;

namespace Isthmus.Fhir.Validation.Findings;

/// <summary>What can be wrong with a guide's package, for the catalogue; the reading of packages says it in these words.</summary>
internal static class PackageFindings
{
    public static readonly IReadOnlyList<FindingRule> All =
    [
        new("fhir.package.not-json", Warning, "invalid", "A file of the package is not JSON and is left out.", "A definition that was cut off.", "Correct the file, or fetch the package again."),
        new("fhir.package.file-too-large", Warning, "too-costly", "A file of the package is larger than a definition may be and is left out.", "A definition of 200 MB.", "Leave it out, or raise PackageLimits."),
        new("fhir.package.too-large", Warning, "too-costly", "The package unpacks to more than the limit; what came after it is left out.", "An archive that unpacks to 100 GB.", "Check where it is from, or raise PackageLimits."),
        new("fhir.package.damaged", Warning, "invalid", "The package file is damaged or cut short; what came before is used.", "A download that broke off.", "Fetch it again."),
    ];
}
