using System.Text;
using Isthmus.Fhir.Elements;

namespace Isthmus.Fhir.Terminology;

public sealed record Designation(string? Language, string? Use, string Value);

public sealed record ConceptProperty(string Code, string Value);

/// <summary>What the definitions say of a code (FHIR R4 <c>CodeSystem/$lookup</c>).</summary>
/// <param name="Found">Whether the system has the code.</param>
/// <param name="Supplements">Canonicals of the supplements whose designations and properties are among these.</param>
public sealed record ConceptLookup(
    Membership Found,
    string? SystemName,
    string? Version,
    string? Display,
    string? Definition,
    IReadOnlyList<string> Parents,
    IReadOnlyList<string> Children,
    IReadOnlyList<Designation> Designations,
    IReadOnlyList<ConceptProperty> Properties,
    IReadOnlyList<string> Supplements,
    IReadOnlyList<TerminologyFinding> Findings)
{
    public static ConceptLookup Of(TerminologySet terminology, string system, string code)
    {
        var model = terminology.CodeSystem(system);
        var index = model?.IndexOf(code) ?? -1;
        if (model is null || index < 0)
        {
            var found = terminology.HasCode(Encoding.UTF8.GetBytes(system), Encoding.UTF8.GetBytes(code));
            return new ConceptLookup(found, NameOf(model), model?.Version, null, null, [], [], [], [], [], found == Membership.Unknown ? [Unknown(model).At(system)] : []);
        }

        var concept = model.Concepts[index].Element;
        var designations = new List<Designation>();
        var properties = new List<ConceptProperty>();
        Read(concept, designations, properties);
        var supplements = new List<string>();
        foreach (var supplement in terminology.Supplements(system))
        {
            var other = new CodeSystemModel(supplement);
            if (other.IndexOf(code) is >= 0 and var there)
            {
                supplements.Add(other.Url);
                Read(other.Concepts[there].Element, designations, properties);
            }
        }

        return new ConceptLookup(
            Membership.Yes,
            NameOf(model),
            model.Version,
            concept["display"u8].AsString(),
            concept["definition"u8].AsString(),
            [.. model.ParentsOf(index).Select(parent => model.Concepts[parent].Code)],
            [.. model.ChildrenOf(index).Select(child => model.Concepts[child].Code)],
            designations,
            properties,
            supplements,
            [.. model.Findings, .. supplements.Select(canonical => TerminologyRules.SupplementUsed.At(canonical))]);
    }

    private static string? NameOf(CodeSystemModel? model) => model?.Resource["name"u8].AsString();

    private static TerminologyRule Unknown(CodeSystemModel? model) =>
        model is null ? TerminologyRules.CodeSystemUnknown : TerminologyRules.CodeSystemIncomplete;

    private static void Read(FhirElement concept, List<Designation> designations, List<ConceptProperty> properties)
    {
        foreach (var designation in concept["designation"u8])
        {
            designations.Add(new Designation(designation["language"u8].AsString(), designation["use"u8]["code"u8].AsString(), designation["value"u8].AsString() ?? string.Empty));
        }

        foreach (var property in concept["property"u8])
        {
            properties.Add(new ConceptProperty(property["code"u8].AsString() ?? string.Empty, CodeSystemModel.ValueOf(property) ?? string.Empty));
        }
    }
}
