using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Paths;
using Isthmus.Fhir.Terminology;
using Isthmus.Fhir.Validation.Shapes;

namespace Isthmus.Fhir.Validation.Walk;

/// <summary>What all validations against one set of definitions stand on: its types and profiles, compiled once.</summary>
internal sealed class ValidationGround
{
    public ValidationGround(DefinitionSet definitions)
    {
        Definitions = definitions;
        Types = new TypeShapes();
        Profiles = new ProfileShapes(definitions, Types);
        Terminology = TerminologySet.Of(definitions);
        PathTerminology = FhirPathTerminology.Of(Terminology);
    }

    public DefinitionSet Definitions { get; }

    public TypeShapes Types { get; }

    public ProfileShapes Profiles { get; }

    public TerminologySet Terminology { get; }

    /// <summary>The same terminology, as invariants ask it.</summary>
    public FhirPathTerminology PathTerminology { get; }
}
