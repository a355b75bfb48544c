using Isthmus.Fhir.Types;

namespace Isthmus.Fhir.Paths;

/// <summary>A type as an expression names it: of FHIR, of the system, or (<c>Quantity</c>) of both.</summary>
internal sealed class TypeTest
{
    private readonly int fhir = FhirTypes.Unknown;
    private readonly PathKind? system;
    private readonly bool any;

    public TypeTest(TypeSpecifier type)
    {
        if (type.Namespace is null or "System")
        {
            system = Enum.TryParse<PathKind>(type.Name, out var kind) && kind is not (PathKind.Element or PathKind.ElementWithoutValue or PathKind.Type) && Enum.IsDefined(kind) ? kind : null;
            any = type.Name == "Any";
        }

        if (type.Namespace is null or "FHIR")
        {
            fhir = FhirTypes.R4.IdOf(type.Name);
        }
    }

    public bool IsKnown => any || system is not null || fhir != FhirTypes.Unknown;

    public int Fhir => fhir;

    public PathKind? System => system;

    /// <summary>The type itself or a specialisation of it.</summary>
    public bool Holds(in FhirPathValue value) =>
        any || (value.IsElement ? fhir != FhirTypes.Unknown && FhirTypes.R4.IsA(value.Type, fhir) : value.Kind == system);

    /// <summary>
    /// What <c>as</c> and <c>ofType</c> let through: of primitives only the type itself, since a code is not meant where a string
    /// is asked for; of other types specialisations too.
    /// </summary>
    public bool Selects(in FhirPathValue value) =>
        value.IsElement && fhir != FhirTypes.Unknown && FhirTypes.R4[fhir].IsPrimitive ? value.Type == fhir : Holds(value);
}

/// <summary><c>is</c>.</summary>
internal sealed class IsNode(int position, PathNode source, TypeTest type) : ConditionNode(position)
{
    public override PathTruth Test(PathRun run)
    {
        var from = run.Count;
        source.Push(run);
        var given = run.Single(from, Position, out var value);
        run.Count = from;
        return run.Failed ? PathTruth.Fault : !given ? PathTruth.Empty : type.Holds(value) ? PathTruth.True : PathTruth.False;
    }
}

/// <summary><c>as</c> and <c>ofType()</c>. <c>as</c> takes a single item, unless the expression is one of R4's own, which were written before that rule.</summary>
internal sealed class OfTypeNode(int position, PathNode source, TypeTest type, bool single) : PathNode(position)
{
    public override void Push(PathRun run)
    {
        var from = run.Count;
        source.Push(run);
        if (single && run.Count - from > 1)
        {
            run.Fail(PathRules.Singleton, Position);
        }

        var kept = from;
        for (var i = from; i < run.Count; i++)
        {
            if (type.Selects(run.Stack[i]))
            {
                run.Stack[kept++] = run.Stack[i];
            }
        }

        run.Count = kept;
    }
}
