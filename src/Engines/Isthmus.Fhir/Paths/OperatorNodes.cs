using Isthmus.Fhir.Types;

namespace Isthmus.Fhir.Paths;

/// <summary><c>|</c> and the functions on two collections: both are laid on the stack, one above the other.</summary>
internal sealed class PairNode(int position, PathNode left, PathNode right, PairNode.Function function) : PathNode(position)
{
    /// <summary>Leaves the result in the place of both: they lie from a place to the middle, and from there to the top.</summary>
    public delegate void Function(PathRun run, int from, int middle, int position);

    public override void Push(PathRun run)
    {
        var from = run.Count;
        left.Push(run);
        var middle = run.Count;
        right.Push(run);
        if (!run.Failed)
        {
            function(run, from, middle, Position);
        }
    }
}

/// <summary>A function on one collection.</summary>
internal sealed class CollectionNode(int position, PathNode source, CollectionNode.Function function) : PathNode(position)
{
    /// <summary>Leaves the result in the place of the collection, which lies from a place to the top.</summary>
    public delegate void Function(PathRun run, int from, int position);

    public override void Push(PathRun run)
    {
        var from = run.Count;
        source.Push(run);
        if (!run.Failed)
        {
            function(run, from, Position);
        }
    }
}

/// <summary>
/// A function of one item with single arguments; empty if the item or an argument is. An argument that could be left out
/// counts as left out when it is empty.
/// </summary>
internal sealed class ScalarNode(int position, PathNode source, IReadOnlyList<PathNode> arguments, int needed, ScalarNode.Function function) : PathNode(position)
{
    /// <summary>Pushes the result, if there is any.</summary>
    public delegate void Function(PathRun run, in FhirPathValue input, ReadOnlySpan<FhirPathValue> arguments, int position);

    public override void Push(PathRun run)
    {
        var from = run.Count;
        source.Push(run);
        var given = run.Single(from, Position, out _);
        var count = 0;
        for (; given && count < arguments.Count; count++)
        {
            var at = run.Count;
            arguments[count].Push(run);
            given = run.Single(at, arguments[count].Position, out _);
        }

        if (!given && count > needed && !run.Failed)
        {
            count--;
            given = true;
        }

        if (!given)
        {
            run.Count = from;
            return;
        }

        var to = run.Count;
        function(run, run.Stack[from], run.Stack.AsSpan(from + 1, count), Position);
        run.Drop(from, to);
    }
}

/// <summary><c>source[index]</c>.</summary>
internal sealed class IndexerNode(int position, PathNode source, PathNode index) : PathNode(position)
{
    public override void Push(PathRun run)
    {
        var from = run.Count;
        index.Push(run);
        var given = run.Single(from, index.Position, out var value);
        run.Count = from;
        if (!given)
        {
            return;
        }

        value = PathSystem.Of(value);
        if (value.Kind != PathKind.Integer)
        {
            run.Fail(PathRules.Operand, Position);
            return;
        }

        source.Push(run);
        var wanted = value.Whole;
        if (wanted < 0 || wanted >= run.Count - from)
        {
            run.Count = from;
            return;
        }

        run.Stack[from] = run.Stack[from + (int)wanted];
        run.Count = from + 1;
    }
}

/// <summary>A sign before a number or quantity.</summary>
internal sealed class SignNode(int position, bool negative, PathNode operand) : PathNode(position)
{
    public override void Push(PathRun run)
    {
        var from = run.Count;
        operand.Push(run);
        var given = run.Single(from, Position, out var value);
        run.Count = from;
        if (!given)
        {
            return;
        }

        value = PathSystem.Of(value);
        switch (value.Kind)
        {
            case PathKind.Integer:
                run.Push(negative ? new FhirPathValue(-value.Whole) : value);
                break;
            case PathKind.Decimal:
                run.Push(negative ? new FhirPathValue(-value.Number) : value);
                break;
            case PathKind.Quantity:
                run.Push(negative ? new FhirPathValue(-value.Number, (PathUnit)value.Reference!) : value);
                break;
            default:
                run.Fail(PathRules.Operand, Position);
                break;
        }
    }
}

/// <summary><c>+</c>, <c>-</c>, <c>*</c>, <c>/</c>, <c>div</c>, <c>mod</c>, <c>&amp;</c>.</summary>
internal sealed class ArithmeticNode(int position, string operation, PathNode left, PathNode right) : PathNode(position)
{
    private readonly PathArithmetic.Operation function = PathArithmetic.Of(operation);
    private readonly bool joins = operation == "&";
    private readonly bool adds = operation == "+";

    public override void Push(PathRun run)
    {
        var from = run.Count;
        left.Push(run);
        var hasFirst = run.Single(from, Position, out var first);
        run.Count = from;
        right.Push(run);
        var hasSecond = run.Single(from, Position, out var second);
        run.Count = from;
        if (run.Failed)
        {
            return;
        }

        if (joins)
        {
            // The empty collection counts as the empty string here (section 6.6.7).
            PathArithmetic.Join(run, hasFirst ? first : new FhirPathValue(""), hasSecond ? second : new FhirPathValue(""), Position);
        }
        else if (adds && hasFirst && hasSecond && PathSystem.FormOf(first) == FhirForm.String && PathSystem.FormOf(second) == FhirForm.String)
        {
            PathArithmetic.Join(run, first, second, Position);
        }
        else if (hasFirst && hasSecond)
        {
            function(run, PathSystem.Of(first), PathSystem.Of(second), Position);
        }
    }
}
