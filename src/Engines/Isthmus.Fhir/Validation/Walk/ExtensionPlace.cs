using System.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Schema;
using Isthmus.Fhir.Validation.References;
using Isthmus.Fhir.Validation.Shapes;

namespace Isthmus.Fhir.Validation.Walk;

/// <summary>
/// Whether an extension may stand where it does (FHIR R4 defining-extensions.html#context). A place has several names, of which
/// one that fits is enough: <c>Patient.contact.name</c>, <c>HumanName</c>, and what that is derived from.
/// </summary>
internal static class ExtensionPlace
{
    /// <param name="types">The types, for what is derived from what.</param>
    /// <param name="tape">The document.</param>
    /// <param name="holder">The node that the extension stands in.</param>
    /// <param name="content">The path by which the type of the holder is defined, <c>Patient.contact</c>.</param>
    /// <param name="contexts">What the definition allows; nothing is everything.</param>
    public static bool Allowed(TypeShapes types, FhirTape tape, int holder, string content, ExtensionContext[] contexts)
    {
        foreach (var context in contexts)
        {
            // A context in FHIRPath is the author's to prove; nobody who cannot follow it may refuse the extension.
            if (context.Kind == ExtensionContextKind.Fhirpath || context.Expression is "Element" or "*" || context.Expression == content)
            {
                return true;
            }
        }

        if (contexts.Length == 0)
        {
            return true;
        }

        // HL7's own definitions carry the FHIR type of a primitive one element above where its definition puts it.
        if (content == "ElementDefinition.type" && Array.Exists(contexts, context => context.Expression == "ElementDefinition.type.code"))
        {
            return true;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        Names(types, tape, holder, names);
        var url = new FhirElement(tape, holder)["url"u8].AsString();
        return Array.Exists(contexts, context => context.Kind == ExtensionContextKind.Extension ? context.Expression == url : names.Contains(Plain(context.Expression)));
    }

    /// <summary>Contexts may name a slice or a choice's type, which stand after # and in [x].</summary>
    private static string Plain(string expression) =>
        expression.Replace("[x]", "", StringComparison.Ordinal).Split('#')[0];

    private static void Names(TypeShapes types, FhirTape tape, int holder, HashSet<string> names)
    {
        var chain = new Stack<int>();
        var resource = ResourceTree.ResourceOf(tape, holder);
        for (var at = holder; at != resource; at = tape.Nodes[at].Parent)
        {
            chain.Push(at);
        }

        var type = Encoding.UTF8.GetString(ResourceTree.TypeOf(tape, resource));
        var paths = new List<string> { type };
        foreach (var at in chain)
        {
            if (tape.Nodes[at].Name < 0)
            {
                continue;
            }

            var name = Encoding.UTF8.GetString(FhirNames.Text(tape.Nodes[at].Name));
            var element = FhirSchema.R4.Type(type)?.Element(name);
            paths = [.. paths.Select(path => $"{path}.{element?.Choice ?? name}")];
            type = element?.Type ?? "Element";
            paths.Add(type);
        }

        names.UnionWith(paths);
        for (var at = type; at.Length > 0 && TypeShapes.IsKnown(at) && !at.Contains('.', StringComparison.Ordinal); at = types.Type(at).BaseName)
        {
            names.Add(at);
        }

        if (type.Contains('.', StringComparison.Ordinal))
        {
            names.Add("BackboneElement");
        }
    }
}
