using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Types;

namespace Isthmus.Fhir.Paths;

/// <summary><c>children()</c> and <c>descendants()</c> (FHIRPath 2.0.0 section 5.8), and <c>type()</c>.</summary>
internal static class NavigationFunctions
{
    private static readonly int IdName = FhirNames.IdOf("id");
    private static readonly int ExtensionName = FhirNames.IdOf("extension");

    /// <summary>A step that nothing follows: what it is handed lands on the stack.</summary>
    private static readonly ChildNode Pushing = new(0, null, "id");

    public static void Children(PathRun run, int from, int position)
    {
        var to = run.Count;
        for (var i = from; i < to && run.Spend(1, position); i++)
        {
            PushChildren(run, run.Stack[i]);
        }

        run.Drop(from, to);
    }

    public static void Descendants(PathRun run, int from, int position)
    {
        var to = run.Count;
        for (var i = from; i < run.Count && run.Spend(1, position); i++)
        {
            PushChildren(run, run.Stack[i]);
        }

        run.Drop(from, to);
    }

    public static void Type(PathRun run, int from, int position)
    {
        for (var i = from; i < run.Count; i++)
        {
            run.Stack[i] = new FhirPathValue(TypeOf(run.Stack[i]));
        }
    }

    private static PathTypeName TypeOf(in FhirPathValue value)
    {
        if (!value.IsElement)
        {
            return new PathTypeName("System", value.TypeName);
        }

        if (value.Type < 0)
        {
            return new PathTypeName("FHIR", "Element");
        }

        var type = FhirTypes.R4[value.Type];
        return new PathTypeName("FHIR", type.IsDefinedInPlace ? FhirTypes.R4[type.Base].Name : type.Name);
    }

    private static void PushChildren(PathRun run, in FhirPathValue item)
    {
        if (!item.IsElement || item.Type < 0)
        {
            return;
        }

        var tape = (FhirTape)item.Reference!;
        var type = FhirTypes.R4[item.Type];
        var node = item.Node;
        if (item.Kind == PathKind.ElementWithoutValue)
        {
            PushProperties(run, tape, node, type);
        }
        else if (tape.Nodes[node].Kind == FhirKind.Object)
        {
            PushProperties(run, tape, node, type);
        }
        else if (Siblings.Of(run, tape, node) is var sibling and >= 0)
        {
            PushProperties(run, tape, sibling, type);
        }
    }

    private static void PushProperties(PathRun run, FhirTape tape, int node, FhirTypeEntry type)
    {
        for (var child = tape.Nodes[node].First; child >= 0; child = tape.Nodes[child].Next)
        {
            var name = tape.Nodes[child].Name;
            var found = name < 0 ? FhirTypes.Unknown
                : type.IsPrimitive ? name == IdName ? FhirTypes.R4.String : name == ExtensionName ? FhirTypes.R4.Extension : FhirTypes.Unknown
                : type.TypeOfProperty(name);
            if (found != FhirTypes.Unknown)
            {
                Siblings.Find(run, Pushing, tape, node, child, found);
            }
        }
    }
}
