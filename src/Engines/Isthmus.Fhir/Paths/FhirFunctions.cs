using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Types;
using Isthmus.Fhir.Validation.Narrative;

namespace Isthmus.Fhir.Paths;

/// <summary>The functions FHIR R4 adds (fhirpath.html#functions).</summary>
internal static class FhirFunctions
{
    private const string BaseDefinitions = "http://hl7.org/fhir/StructureDefinition/";

    private static readonly int UrlName = FhirNames.IdOf("url");
    private static readonly int ContainedName = FhirNames.IdOf("contained");
    private static readonly int IdName = FhirNames.IdOf("id");

    /// <summary><c>extension(url)</c>: of extensions already on the stack, those with the URL that lies above them.</summary>
    public static void Extension(PathRun run, int from, int middle, int position)
    {
        if (!run.Single(middle, position, out var url))
        {
            run.Count = from;
            return;
        }

        run.Count = middle;
        var kept = from;
        for (var i = from; i < middle && run.Spend(1, position); i++)
        {
            ref readonly var extension = ref run.Stack[i];
            var tape = (FhirTape)extension.Reference!;
            var found = tape.Nodes[extension.Node].Kind == FhirKind.Object ? tape.Find(extension.Node, UrlName, sibling: false) : -1;
            if (found >= 0 && PathEquality.Of(run, new FhirPathValue(tape, found, FhirTypes.R4.String), url, position) == PathTruth.True)
            {
                run.Stack[kept++] = extension;
            }
        }

        run.Count = kept;
    }

    public static void HasValue(PathRun run, int from, int position)
    {
        var has = run.Count == from + 1 && IsPrimitiveWithValue(run.Stack[from]);
        run.Count = from;
        run.Push(has);
    }

    public static void GetValue(PathRun run, int from, int position)
    {
        var has = run.Count == from + 1 && IsPrimitiveWithValue(run.Stack[from]);
        var value = has ? PathSystem.Of(run.Stack[from]) : default;
        run.Count = from;
        if (has)
        {
            run.Push(value);
        }
    }

    public static void Resolve(PathRun run, int from, int position)
    {
        var to = run.Count;
        for (var i = from; i < to && run.SpendAsking(position); i++)
        {
            var item = run.Stack[i];
            var reference = item.Kind == PathKind.String ? (string)item.Reference!
                : item.Element.Kind == FhirKind.Object ? item.Element["reference"u8].AsString()
                : item.Element.AsString();
            if (reference is null)
            {
                continue;
            }

            var target = reference.StartsWith('#') ? Contained(run, reference.AsSpan(1)) : run.Context.Resolve?.Invoke(reference) ?? default;
            if (target.Exists)
            {
                run.Context.Followed?.Invoke(item.Element, target);
                run.Push(new FhirPathValue(target.Tape!, target.Index, FhirTypes.R4.Of(target)));
            }
        }

        run.Drop(from, to);
    }

    public static void MemberOf(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        if (arguments[0].AsString() is { } valueSet && input.IsElement && run.SpendAsking(position) && run.Context.Terminology?.MemberOf?.Invoke(input.Element, valueSet) is { } member)
        {
            run.Push(member);
        }
    }

    public static void Subsumes(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position) =>
        PushSubsumed(run, input.Element, arguments[0].Element, position);

    public static void SubsumedBy(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position) =>
        PushSubsumed(run, arguments[0].Element, input.Element, position);

    /// <summary>A profile nobody knows is a fault. The base definitions are known: an element conforms to its own type and to those above.</summary>
    public static void ConformsTo(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        var profile = arguments[0].AsString() ?? "";
        var known = input.IsElement && run.SpendAsking(position) ? run.Context.ConformsTo?.Invoke(input.Element, input.TypeName, profile) : null;
        if (known is null && profile.StartsWith(BaseDefinitions, StringComparison.Ordinal) && FhirTypes.R4.IdOf(profile[BaseDefinitions.Length..]) is var type and >= 0)
        {
            known = input.IsElement && FhirTypes.R4.IsA(input.Type, type);
        }

        if (known is { } conforms)
        {
            run.Push(conforms);
        }
        else
        {
            run.Fail(PathRules.Profile, position);
        }
    }

    public static void Comparable(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        var (one, two) = (PathSystem.Of(input), PathSystem.Of(arguments[0]));
        run.Push(one.Kind == PathKind.Quantity && two.Kind == PathKind.Quantity && PathUnits.AreComparable((PathUnit)one.Reference!, (PathUnit)two.Reference!));
    }

    /// <summary>Whether a narrative's XHTML keeps to FHIR's rules (narrative.html#rules).</summary>
    public static void HtmlChecks(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        if (input.Element.Kind == FhirKind.String && run.Spend(input.Element.Text.Length / 16, position))
        {
            run.Push(XhtmlCheck.Run(input.Element.Text) is null);
        }
    }

    public static void ElementDefinition(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        if (input.IsElement && run.Context.ElementDefinition?.Invoke(input.Element, input.TypeName) is { Exists: true } definition)
        {
            run.Push(new FhirPathValue(definition.Tape!, definition.Index, FhirTypes.R4.IdOf("ElementDefinition")));
        }
    }

    /// <summary><c>slice(structure, name)</c>: the item if it is in the slice.</summary>
    public static void Slice(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        if (input.IsElement && arguments[0].AsString() is { } structure && arguments[1].AsString() is { } name
            && run.Context.InSlice?.Invoke(input.Element, structure, name) is true)
        {
            run.Push(input);
        }
    }

    /// <summary><c>checkModifiers(url, …)</c>: a fault if there is a modifier extension other than those.</summary>
    public static void CheckModifiers(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position)
    {
        foreach (var extension in input.Element["modifierExtension"u8])
        {
            var url = extension["url"u8].AsString();
            var known = false;
            foreach (var argument in arguments)
            {
                known |= argument.AsString() == url;
            }

            if (!known)
            {
                run.Fail(PathRules.Operand, position);
            }
        }

        run.Push(input);
    }

    private static bool IsPrimitiveWithValue(in FhirPathValue value) =>
        value.Kind == PathKind.Element
            ? value.Element.Kind is FhirKind.String or FhirKind.Number or FhirKind.True or FhirKind.False
            : value.Kind is not (PathKind.ElementWithoutValue or PathKind.Type or PathKind.Quantity);

    private static FhirElement Contained(PathRun run, ReadOnlySpan<char> id)
    {
        var root = run.RootResource;
        if (id.Length == 0)
        {
            return root;
        }

        if (root.Tape is not { } tape || tape.Find(root.Index, ContainedName, sibling: false) is var contained && contained < 0)
        {
            return default;
        }

        foreach (var resource in new FhirElement(tape, contained))
        {
            run.Spend(1, 0);
            if (resource.Kind == FhirKind.Object && tape.Find(resource.Index, IdName, sibling: false) is var found and >= 0
                && PathEquality.Same(new FhirElement(tape, found).Text, id.ToString()))
            {
                return resource;
            }
        }

        return default;
    }

    private static void PushSubsumed(PathRun run, FhirElement above, FhirElement below, int position)
    {
        foreach (var (system, ancestor) in Codes(above))
        {
            foreach (var (otherSystem, descendant) in Codes(below))
            {
                if (system == otherSystem && run.SpendAsking(position) && run.Context.Terminology?.Subsumes?.Invoke(system, ancestor, descendant) is { } subsumed)
                {
                    run.Push(subsumed);
                    return;
                }
            }
        }
    }

    /// <summary>The codes of a Coding or CodeableConcept.</summary>
    private static List<(string System, string Code)> Codes(FhirElement element)
    {
        var codes = new List<(string, string)>();
        if (element["coding"u8] is { Exists: true } codings)
        {
            foreach (var coding in codings)
            {
                codes.AddRange(Codes(coding));
            }
        }
        else if (element["system"u8].AsString() is { } system && element["code"u8].AsString() is { } code)
        {
            codes.Add((system, code));
        }

        return codes;
    }
}
