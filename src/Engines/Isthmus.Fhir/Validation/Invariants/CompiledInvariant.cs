using Isthmus.Fhir.Paths;

namespace Isthmus.Fhir.Validation.Invariants;

/// <summary>How an invariant is answered.</summary>
internal enum InvariantAnswer : byte
{
    /// <summary>By the walk itself, on every element (ele-1, ext-1) or every narrative (txt-1, txt-2).</summary>
    Walk,

    /// <summary>By looking which children are there.</summary>
    Presence,

    /// <summary>By code of its own, in <see cref="NativeRules"/>.</summary>
    Native,

    /// <summary>By FHIRPath.</summary>
    Path,
}

/// <summary>An invariant on a type or element, ready to be asked.</summary>
internal sealed class CompiledInvariant
{
    private readonly Lazy<FhirPathExpression?> path;

    private CompiledInvariant(InvariantShape shape, InvariantAnswer answer, PresenceRule? presence, NativeRule native)
    {
        (Shape, Answer, Presence, Native) = (shape, answer, presence, native);
        AsksTime = shape.Expression.Contains("now()", StringComparison.Ordinal) || shape.Expression.Contains("today()", StringComparison.Ordinal)
            || shape.Expression.Contains("timeOfDay()", StringComparison.Ordinal);
        path = new Lazy<FhirPathExpression?>(() => FhirPath.CompileDefinition(shape.Expression).Expression);
    }

    public InvariantShape Shape { get; }

    public InvariantAnswer Answer { get; }

    public PresenceRule? Presence { get; }

    public NativeRule Native { get; }

    /// <summary>Whether it asks for the current time.</summary>
    public bool AsksTime { get; }

    /// <summary>The expression, compiled when it is first needed; null if it cannot be.</summary>
    public FhirPathExpression? Path => path.Value;

    /// <summary>Compiles an element's invariants; those that the walk answers anyhow are left out.</summary>
    public static CompiledInvariant[] Of(IEnumerable<InvariantShape> shapes, Func<string, int[]> namesOf) =>
        [.. shapes.Select(shape => Of(shape, namesOf)).Where(compiled => compiled.Answer != InvariantAnswer.Walk)];

    private static CompiledInvariant Of(InvariantShape shape, Func<string, int[]> namesOf)
    {
        var native = NativeRules.Of(shape.Expression);
        if (native != NativeRule.None)
        {
            return new CompiledInvariant(shape, native == NativeRule.Walk ? InvariantAnswer.Walk : InvariantAnswer.Native, null, native);
        }

        var presence = PresenceRule.Of(shape.Expression, namesOf);
        return new CompiledInvariant(shape, presence is null ? InvariantAnswer.Path : InvariantAnswer.Presence, presence, NativeRule.None);
    }
}
