using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Validation.Findings;
using Isthmus.Fhir.Validation.Profiles;
using Isthmus.Fhir.Validation.References;
using Isthmus.Fhir.Validation.Shapes;

namespace Isthmus.Fhir.Validation.Walk;

/// <summary>What the walk asks of an element once its parts are looked at: its type's rules, and the profiles that speak of it.</summary>
internal sealed class ResourceChecks
{
    private static readonly int MetaName = FhirNames.IdOf("meta"u8);
    private static readonly int ProfileName = FhirNames.IdOf("profile"u8);

    private readonly FhirTape tape;
    private readonly ProfileCheck profiles;
    private readonly ExtensionCheck extensions;

    public ResourceChecks(ValidationGround ground, FhirTape tape, FindingLog log)
    {
        this.tape = tape;
        var targets = new ReferenceTargets(tape);
        profiles = new ProfileCheck(ground.Profiles, tape, log, targets, new ElementChecks(tape, log));
        extensions = new ExtensionCheck(ground.Profiles, tape, log, profiles);
    }

    /// <summary>Checks a resource against a profile.</summary>
    public void Profile(int resource, string canonical) => profiles.Check(Item(resource), canonical);

    /// <summary>Checks a resource against the profiles that its meta claims.</summary>
    public void ClaimedProfiles(int resource, TypeShape type)
    {
        var meta = tape.Find(resource, MetaName, sibling: false);
        var claimed = meta >= 0 && tape.Nodes[meta].Kind == FhirKind.Object ? tape.Find(meta, ProfileName, sibling: false) : FhirNode.None;
        for (var at = claimed >= 0 ? tape.Nodes[claimed].First : FhirNode.None; at >= 0; at = tape.Nodes[at].Next)
        {
            if (new FhirElement(tape, at).AsString() is { } canonical)
            {
                profiles.Check(new ElementItem(resource, FhirNode.None, type.Name), canonical);
            }
        }
    }

    /// <summary>Checks an element of a complex type.</summary>
    public void Element(int node, PropertyShape property)
    {
        if (property.Role == ValueRole.Extension)
        {
            extensions.Check(node, property);
        }

        foreach (var profile in property.Type.Profiles)
        {
            profiles.Check(new ElementItem(node, FhirNode.None, property.Type.Code), profile);
        }
    }

    private ElementItem Item(int resource) => new(resource, FhirNode.None, System.Text.Encoding.UTF8.GetString(ResourceTree.TypeOf(tape, resource)));
}
