using System.Text;
using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Types;

namespace Isthmus.Fhir.Paths;

/// <summary><c>and</c>, <c>or</c>, <c>xor</c>, <c>implies</c> in three-valued logic (section 6.5). The right side is evaluated only if it can matter.</summary>
internal sealed class LogicNode(int position, string operation, PathNode left, PathNode right) : ConditionNode(position)
{
    private readonly Operation kind = operation switch { "and" => Operation.And, "or" => Operation.Or, "xor" => Operation.Xor, _ => Operation.Implies };

    private enum Operation : byte
    {
        And,
        Or,
        Xor,
        Implies,
    }

    public override PathTruth Test(PathRun run)
    {
        var first = left.Test(run);
        switch (kind)
        {
            case Operation.And when first == PathTruth.False:
                return PathTruth.False;
            case Operation.Or when first == PathTruth.True:
                return PathTruth.True;
            case Operation.Implies when first == PathTruth.False:
                return PathTruth.True;
        }

        if (first == PathTruth.Fault)
        {
            return PathTruth.Fault;
        }

        var second = right.Test(run);
        return second == PathTruth.Fault ? second : kind switch
        {
            Operation.And => second == PathTruth.False ? PathTruth.False : Both(first, second, PathTruth.True),
            Operation.Or => second == PathTruth.True ? PathTruth.True : Both(first, second, PathTruth.False),
            Operation.Xor => first == PathTruth.Empty || second == PathTruth.Empty ? PathTruth.Empty : Of(first != second),
            _ => second == PathTruth.True ? PathTruth.True : first == PathTruth.Empty || second == PathTruth.Empty ? PathTruth.Empty : PathTruth.False,
        };
    }

    private static PathTruth Both(PathTruth first, PathTruth second, PathTruth wanted) => first == wanted && second == wanted ? wanted : PathTruth.Empty;

    private static PathTruth Of(bool value) => value ? PathTruth.True : PathTruth.False;
}

/// <summary><c>not()</c>.</summary>
internal sealed class NotNode(int position, PathNode source) : ConditionNode(position)
{
    public static PathTruth Of(PathTruth truth) => truth switch
    {
        PathTruth.True => PathTruth.False,
        PathTruth.False => PathTruth.True,
        var other => other,
    };

    public override PathTruth Test(PathRun run) => Of(source.Test(run));
}

/// <summary><c>exists()</c> and <c>empty()</c>.</summary>
internal sealed class AnyNode(int position, PathNode source, bool wanted) : ConditionNode(position)
{
    public override PathTruth Test(PathRun run)
    {
        var any = source.Any(run);
        return run.Failed ? PathTruth.Fault : any == wanted ? PathTruth.True : PathTruth.False;
    }
}

/// <summary><c>=</c>, <c>!=</c>, <c>~</c>, <c>!~</c>.</summary>
internal sealed class EqualityNode(int position, PathNode left, PathNode right, bool equivalent, bool negated) : ConditionNode(position)
{
    public override PathTruth Test(PathRun run)
    {
        var from = run.Count;
        left.Push(run);
        var middle = run.Count;
        right.Push(run);
        var truth = run.Failed ? PathTruth.Fault
            : equivalent ? PathEquivalence.OfCollections(run, from, middle, Position)
            : PathEquality.OfCollections(run, from, middle, Position);
        run.Count = from;
        return run.Failed ? PathTruth.Fault : negated ? NotNode.Of(truth) : truth;
    }
}

/// <summary>
/// <c>left = 'text'</c> and <c>!=</c>, of which definitions are full: where the left side is one string element, bytes are compared with bytes.
/// </summary>
internal sealed class TextEqualityNode(int position, PathNode left, LiteralNode right, bool negated) : ConditionNode(position)
{
    private readonly byte[] text = Encoding.UTF8.GetBytes((string)right.Value.Reference!);

    public override PathTruth Test(PathRun run)
    {
        var from = run.Count;
        left.Push(run);
        PathTruth truth;
        if (run.Count == from + 1 && IsText(run.Stack[from]))
        {
            truth = run.Stack[from].Element.TextEquals(text) ? PathTruth.True : PathTruth.False;
        }
        else
        {
            var middle = run.Count;
            right.Push(run);
            truth = run.Failed ? PathTruth.Fault : PathEquality.OfCollections(run, from, middle, Position);
        }

        run.Count = from;
        return run.Failed ? PathTruth.Fault : negated ? NotNode.Of(truth) : truth;
    }

    private static bool IsText(in FhirPathValue value) =>
        value.Kind == PathKind.Element && value.Type >= 0 && FhirTypes.R4[value.Type].Form == FhirForm.String && value.Element.Kind == FhirKind.String;
}

/// <summary><c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c>, <c>&gt;=</c>.</summary>
internal sealed class OrderNode(int position, string operation, PathNode left, PathNode right) : ConditionNode(position)
{
    private readonly bool less = operation[0] == '<';
    private readonly bool orEqual = operation.Length == 2;

    public override PathTruth Test(PathRun run)
    {
        var from = run.Count;
        var truth = PathTruth.Empty;
        left.Push(run);
        var hasFirst = run.Single(from, Position, out var first);
        run.Count = from;
        right.Push(run);
        if (run.Single(from, Position, out var second) && hasFirst && PathOrder.Compare(run, first, second, Position) is { } order)
        {
            truth = (order == 0 ? orEqual : order < 0 == less) ? PathTruth.True : PathTruth.False;
        }

        run.Count = from;
        return run.Failed ? PathTruth.Fault : truth;
    }
}

/// <summary><c>in</c> and <c>contains</c>: an item among others.</summary>
internal sealed class MembershipNode(int position, PathNode item, PathNode collection) : ConditionNode(position)
{
    public override PathTruth Test(PathRun run)
    {
        var from = run.Count;
        item.Push(run);
        if (!run.Single(from, Position, out var wanted))
        {
            run.Count = from;
            return run.Failed ? PathTruth.Fault : PathTruth.Empty;
        }

        run.Count = from;
        collection.Push(run);
        var found = false;
        for (var i = from; i < run.Count && !found && run.Spend(1, Position); i++)
        {
            found = PathEquality.Of(run, wanted, run.Stack[i], Position) == PathTruth.True;
        }

        run.Count = from;
        return run.Failed ? PathTruth.Fault : found ? PathTruth.True : PathTruth.False;
    }
}
