namespace Isthmus.Fhir.Terminology;

/// <summary>
/// What holds for the codes of a system that are not listed: all, none, unknown, or by a grammar. Rules combine as sets do.
/// </summary>
internal abstract class CodeRule
{
    public static CodeRule None { get; } = new Constant(Membership.No);

    public static CodeRule Unknown { get; } = new Constant(Membership.Unknown);

    /// <summary>The one answer to every code; null where the code decides.</summary>
    public abstract Membership? Always { get; }

    public abstract Membership Check(ReadOnlySpan<byte> code);

    public static CodeRule Grammar(CodeGrammar grammar) => new ByGrammar(grammar);

    public static CodeRule Combine(SetOperation operation, CodeRule left, CodeRule right)
    {
        if (left.Always is { } one && right.Always is { } two)
        {
            return new Constant(operation.Apply(one, two));
        }

        // What the known side decides alone (no and x, yes or x) needs no look at the code.
        var whenNo = operation.Apply(left.Always ?? Membership.No, right.Always ?? Membership.No);
        var whenYes = operation.Apply(left.Always ?? Membership.Yes, right.Always ?? Membership.Yes);
        return (left.Always is not null || right.Always is not null) && whenNo == whenYes ? new Constant(whenNo) : new Combined(operation, left, right);
    }

    private sealed class Constant(Membership answer) : CodeRule
    {
        public override Membership? Always => answer;

        public override Membership Check(ReadOnlySpan<byte> code) => answer;
    }

    private sealed class ByGrammar(CodeGrammar grammar) : CodeRule
    {
        public override Membership? Always => null;

        public override Membership Check(ReadOnlySpan<byte> code) => grammar(code);
    }

    private sealed class Combined(SetOperation operation, CodeRule left, CodeRule right) : CodeRule
    {
        public override Membership? Always => null;

        public override Membership Check(ReadOnlySpan<byte> code) => operation.Apply(left.Check(code), right.Check(code));
    }
}

/// <summary>Whether a text is a code of a system that is a grammar rather than a list.</summary>
internal delegate Membership CodeGrammar(ReadOnlySpan<byte> code);

internal enum SetOperation
{
    Union,
    Intersection,
    Difference,
}

internal static class SetOperations
{
    public static Membership Apply(this SetOperation operation, Membership left, Membership right) => operation switch
    {
        SetOperation.Union => ThreeValued.Or(left, right),
        SetOperation.Intersection => ThreeValued.And(left, right),
        _ => ThreeValued.AndNot(left, right),
    };
}
