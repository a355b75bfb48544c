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
    /// <summary>Whether a context says what the walk knows anyhow: the holder's type, or the element it is; most do.</summary>
    /// <param name="contexts">What the extension's definition allows.</param>
    /// <param name="holder">What the extension stands in; null for a resource.</param>
    /// <param name="path">The extension's own path, <c>Patient.extension</c>.</param>
    public static bool IsNamed(ExtensionContext[] contexts, PropertyShape? holder, string path)
    {
        foreach (var context in contexts)
        {
            // A context in FHIRPath is the author's to prove; nobody who cannot follow it may refuse the extension.
            if (context.Kind == ExtensionContextKind.Fhirpath || context.Expression is "Element" or "*"
                || (holder is not null && (holder.Element.Path == context.Expression || holder.Type.Code == context.Expression))
                || (path.StartsWith(context.Expression, StringComparison.Ordinal) && path.AsSpan(context.Expression.Length).SequenceEqual(".extension")))
            {
                return true;
            }
        }

        return contexts.Length == 0;
    }

    /// <summary>Whether any name of the place is among the contexts.</summary>
    public static bool Allowed(TypeShapes types, FhirTape tape, int holder, ExtensionContext[] contexts)
    {
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
