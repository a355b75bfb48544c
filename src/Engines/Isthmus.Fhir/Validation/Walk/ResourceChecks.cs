using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Validation.Codes;
using Isthmus.Fhir.Validation.Findings;
using Isthmus.Fhir.Validation.Forms;
using Isthmus.Fhir.Validation.Invariants;
using Isthmus.Fhir.Validation.Profiles;
using Isthmus.Fhir.Validation.References;
using Isthmus.Fhir.Validation.Shapes;

namespace Isthmus.Fhir.Validation.Walk;

/// <summary>
/// What the walk asks of an element once its parts are looked at: its type's rules, and the profiles that speak of it. Checks that few
/// resources need are made when the first asks for them.
/// </summary>
internal sealed class ResourceChecks
{
    private static readonly int MetaName = FhirNames.IdOf("meta"u8);
    private static readonly int ProfileName = FhirNames.IdOf("profile"u8);

    private readonly ValidationGround ground;
    private readonly FhirTape tape;
    private readonly FindingLog log;
    private readonly DateTimeOffset? now;
    private readonly ReferenceTargets targets;
    private readonly ReferenceCheck references;
    private readonly BindingCheck bindings;
    private readonly InvariantCheck invariants;
    private readonly UriCheck uris;
    private ProfileCheck? profiles;
    private ExtensionCheck? extensions;

    public ResourceChecks(ValidationGround ground, FhirTape tape, FindingLog log, DateTimeOffset? now)
    {
        this.ground = ground;
        this.tape = tape;
        this.log = log;
        this.now = now;
        targets = new ReferenceTargets(tape);
        uris = new UriCheck(ground.Definitions, tape, log);
        bindings = new BindingCheck(ground.Terminology, tape, log);
        invariants = new InvariantCheck(tape, log, targets, new OutsideAnswers(tape, targets, ground.PathTerminology, now, ConformsTo));
        references = new ReferenceCheck(ground.Types, tape, log, targets);
    }

    private ProfileCheck Profiles => profiles ??= new ProfileCheck(
        ground.Profiles, tape, log, targets, new ElementChecks(tape, log, bindings, invariants, new ValueLimits(tape, log, now)));

    private ExtensionCheck Extensions => extensions ??= new ExtensionCheck(ground.Profiles, tape, log, Profiles);

    /// <summary>Checks a resource against a profile.</summary>
    public void Profile(int resource, string canonical) => Profiles.Check(Item(resource), canonical);

    /// <summary>Checks a resource's invariants, and the profiles that its meta claims.</summary>
    public void Resource(int resource, TypeShape type)
    {
        foreach (var invariant in type.Invariants)
        {
            invariants.Check(resource, type.Name, resource, invariant);
        }

        switch (type.Name)
        {
            case "QuestionnaireResponse":
                new ResponseCheck(ground.Definitions, ground.Terminology, tape, log, targets).Check(resource);
                break;
            case "Bundle":
                new BundleCheck(tape, log, targets).Check(resource);
                break;
            case "ValueSet":
                new ValueSetCheck(ground.Definitions, ground.Terminology, log).Check(new FhirElement(tape, resource));
                break;
            default:
                break;
        }

        var meta = tape.Find(resource, MetaName, sibling: false);
        var claimed = meta >= 0 && tape.Nodes[meta].Kind == FhirKind.Object ? tape.Find(meta, ProfileName, sibling: false) : FhirNode.None;
        for (var at = claimed >= 0 ? tape.Nodes[claimed].First : FhirNode.None; at >= 0; at = tape.Nodes[at].Next)
        {
            if (new FhirElement(tape, at).AsString() is { } canonical)
            {
                Profiles.Check(new ElementItem(resource, FhirNode.None, type.Name), canonical);
            }
        }
    }

    /// <summary>Checks an element, primitive or complex, whose form is right.</summary>
    /// <param name="node">The element.</param>
    /// <param name="property">What it is.</param>
    /// <param name="holder">What it stands in; null for a resource.</param>
    public void Element(int node, PropertyShape property, PropertyShape? holder)
    {
        switch (property.Role)
        {
            case ValueRole.Extension:
                Extensions.Check(node, property, holder);
                break;
            case ValueRole.Reference:
                references.Check(node, property);
                break;
            case ValueRole.Attachment:
                AttachmentCheck.Check(tape, log, node);
                break;
            case ValueRole.Coding:
                uris.System(node, property.Element.Path);
                bindings.CheckCoding(node);
                break;
            case ValueRole.Identifier:
                uris.System(node, property.Element.Path);
                break;
            case ValueRole.Canonical:
                uris.Canonical(node, property);
                break;
            default:
                break;
        }

        if (property.Element.Binding is { } binding)
        {
            bindings.Check(node, property.Type.Code, binding, property.Element.Path);
        }

        foreach (var invariant in property.Invariants)
        {
            invariants.Check(node, property.TypeName, ResourceTree.ResourceOf(tape, node), invariant);
        }

        foreach (var profile in property.Type.Profiles)
        {
            Profiles.Check(new ElementItem(node, FhirNode.None, property.Type.Code), profile);
        }
    }

    /// <summary>Whether an element fulfils a profile; null if the profile is not known.</summary>
    private bool? ConformsTo(FhirElement element, string type, string canonical) =>
        Profiles.Knows(canonical) ? Profiles.WhyNot(element.ResourceType is null ? new ElementItem(element.Index, FhirNode.None, type) : Item(element.Index), canonical) is null : null;

    private ElementItem Item(int resource) => new(resource, FhirNode.None, System.Text.Encoding.UTF8.GetString(ResourceTree.TypeOf(tape, resource)));
}
