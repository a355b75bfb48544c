using System.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Schema;

namespace Isthmus.Fhir.Types;

/// <summary>One type of <see cref="FhirTypes"/> with its elements found by number; they are laid out when the type is first walked.</summary>
internal sealed class FhirTypeEntry(int id, FhirType type, FhirForm form)
{
    private Elements? elements;

    public int Id { get; } = id;

    public string Name => type.Name;

    public byte[] Text { get; } = Encoding.UTF8.GetBytes(type.Name);

    /// <summary>The base type's number, or <see cref="FhirTypes.Unknown"/> at the top.</summary>
    public int Base { get; private set; } = FhirTypes.Unknown;

    public FhirForm Form { get; } = form;

    public bool IsPrimitive => Form != FhirForm.None;

    public bool IsResource { get; } = type.IsResource || type.Name is "Resource" or "DomainResource";

    /// <summary>A type of which an instance has to be asked what it is.</summary>
    public bool IsAbstractResource { get; } = type.Name is "Resource" or "DomainResource";

    /// <summary>Quantity and its specialisations (Age, Duration, …).</summary>
    public bool IsQuantity { get; } = type.Name == "Quantity" || type.BaseName == "Quantity";

    /// <summary>An element defined in place (<c>Patient.contact</c>), which has no type name of its own.</summary>
    public bool IsDefinedInPlace { get; } = type.Name.Contains('.', StringComparison.Ordinal);

    /// <summary>The step of every path name that the type does not have.</summary>
    public FhirStep Missing { get; } = FhirStep.Missing(id);

    /// <summary>Where the path name (<see cref="FhirTypes.PathName"/>) leads, or null if the type has no such element.</summary>
    public FhirStep? Step(int pathName) => (elements ??= LayOut()).Steps.GetValueOrDefault(pathName);

    /// <summary>The type of a JSON property; <see cref="FhirTypes.Unknown"/> if the type has none of that name.</summary>
    public int TypeOfProperty(int name) => (elements ??= LayOut()).Properties.TryGetValue(name, out var found) ? found : FhirTypes.Unknown;

    internal void Bind(FhirTypes all) => Base = all.IdOf(type.BaseName);

    private Elements LayOut()
    {
        var all = FhirTypes.R4;
        var types = new Dictionary<int, int>();
        var laid = new Dictionary<int, FhirStep>();
        for (var declaring = type; declaring is not null; declaring = FhirSchema.R4.Type(declaring.BaseName))
        {
            foreach (var element in declaring.OwnElements.GroupBy(element => element.Choice ?? element.Name, StringComparer.Ordinal))
            {
                var own = element.Select(one => (Name: FhirNames.IdOf(one.Name), Type: all.IdOf(one.Type))).ToArray();
                laid.TryAdd(all.PathName(element.Key), FhirStep.Of(Id, own, element.First().Repeats));
                foreach (var (name, property) in own)
                {
                    types.TryAdd(name, property);
                }
            }
        }

        return new Elements(types, laid);
    }

    /// <summary>Types by JSON name, and steps by path name.</summary>
    private sealed record Elements(Dictionary<int, int> Properties, Dictionary<int, FhirStep> Steps);
}
