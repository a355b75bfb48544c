using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Validation.Findings;
using Isthmus.Fhir.Validation.Profiles;
using Isthmus.Fhir.Validation.References;
using Isthmus.Fhir.Validation.Shapes;

namespace Isthmus.Fhir.Validation.Walk;

/// <summary>
/// Checks each extension against the definition that its url names, and whether it may stand where it does
/// (FHIR R4 defining-extensions.html#context).
/// </summary>
internal sealed class ExtensionCheck(ProfileShapes profiles, FhirTape tape, FindingLog log, ProfileCheck check)
{
    public void Check(int extension, PropertyShape property, PropertyShape? holder)
    {
        var node = tape.Find(extension, ExtensionNames.Url, sibling: false);
        if (node < 0 || tape.Nodes[node].Kind != FhirKind.String)
        {
            return;
        }

        var url = tape.ValueOf(node);
        if (!url.Contains((byte)':'))
        {
            // The parts of an extension have short names, which its definition lists.
            if (!IsPart(extension))
            {
                log.Add(ExtensionRules.RelativeUrl, node);
            }

            return;
        }

        if (url.Contains((byte)'|'))
        {
            log.Add(ExtensionRules.Version, node);
        }

        var isModifier = property.Name == ExtensionNames.ModifierExtension;
        if (profiles.Find(url) is not { Type: "Extension" } definition)
        {
            log.Add(isModifier ? ExtensionRules.UnknownModifier : ExtensionRules.Unknown, extension);
            return;
        }

        if (definition.IsModifier != isModifier)
        {
            log.Add(ExtensionRules.NotModifier, extension, definition.IsModifier ? "changes the meaning of its element" : "changes no meaning", isModifier ? "modifierExtension" : "extension");
        }

        Place(extension, property, holder, definition);
        check.Check(new ElementItem(extension, FhirNode.None, "Extension"), definition);
    }

    private void Place(int extension, PropertyShape property, PropertyShape? holder, ProfileShape definition)
    {
        var path = property.Element.Path;
        if (ExtensionPlace.IsNamed(definition.Contexts, holder, path) || ExtensionPlace.Allowed(profiles.Types, tape, HolderOf(extension), definition.Contexts))
        {
            return;
        }

        var rule = Lenient(extension) ? ExtensionRules.ContextOfDefinition : ExtensionRules.Context;
        log.AddWithin(rule, HolderOf(extension), extension, holder?.Element.Path ?? path[..path.LastIndexOf('.')], string.Join(", ", definition.Contexts.Select(context => context.Expression)));
    }

    /// <summary>
    /// HL7 uses its extensions for definitions in more places than R4's definitions of them allow, in R4's own definitions even,
    /// and has since published wider ones.
    /// </summary>
    private bool Lenient(int extension) =>
        new FhirElement(tape, extension)["url"u8].Text.StartsWith("http://hl7.org/fhir/StructureDefinition/"u8)
        && profiles.Types.Resource(ResourceTree.TypeOf(tape, ResourceTree.ResourceOf(tape, extension))) is { } type && type.Root.Child("url") is not null;

    /// <summary>The node an extension stands in, past the array.</summary>
    private int HolderOf(int extension)
    {
        var array = tape.Nodes[extension].Parent;
        return array >= 0 && tape.Nodes[array].Kind == FhirKind.Array ? tape.Nodes[array].Parent : array;
    }

    private bool IsPart(int extension)
    {
        var holder = HolderOf(extension);
        return holder >= 0 && tape.Find(holder, ExtensionNames.Url, sibling: false) >= 0 && IsExtension(holder);
    }

    private bool IsExtension(int node)
    {
        var parent = tape.Nodes[node].Parent;
        if (parent < 0)
        {
            return false;
        }

        var named = tape.Nodes[parent].Kind == FhirKind.Array ? parent : node;
        return tape.Nodes[named].Name == ExtensionNames.Extension || tape.Nodes[named].Name == ExtensionNames.ModifierExtension;
    }
}
