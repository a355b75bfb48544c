using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Paths;
using Isthmus.Fhir.Terminology;
using Isthmus.Fhir.Validation;

namespace Isthmus.Host.Conformance;

/// <summary>What an expression evaluated from the command line can ask: this machine's clock, the definitions' terminology, the validator.</summary>
internal static class FhirPathSurroundings
{
    public static FhirPathContext Of(DefinitionSet definitions) => new()
    {
        Now = TimeProvider.System.GetLocalNow(),
        Terminology = FhirPathTerminology.Of(TerminologySet.Of(definitions)),
        ConformsTo = (element, _, profile) => Conforms(definitions, element, profile),
    };

    /// <summary>Null for a profile that is not loaded, and for an element that is not a resource.</summary>
    private static bool? Conforms(DefinitionSet definitions, FhirElement element, string profile)
    {
        if (element.ResourceType is null || !definitions.FindStructure(profile).Exists)
        {
            return null;
        }

        var options = ValidationOptions.Default with { Profiles = [profile], StopAtFirstError = true, Now = TimeProvider.System.GetUtcNow() };
        return FhirValidator.For(definitions).Validate(element, options).IsValid;
    }
}
