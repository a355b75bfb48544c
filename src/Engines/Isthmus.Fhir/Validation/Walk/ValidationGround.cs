using Isthmus.Fhir.Definitions;
using Isthmus.Fhir.Validation.Shapes;

namespace Isthmus.Fhir.Validation.Walk;

/// <summary>What all validations against one set of definitions stand on: its types and profiles, compiled once.</summary>
internal sealed class ValidationGround(DefinitionSet definitions)
{
    public DefinitionSet Definitions => definitions;

    public TypeShapes Types { get; } = new(definitions);
}
