namespace Isthmus.Fhir.Paths;

/// <summary>A constant.</summary>
internal sealed class LiteralNode(int position, FhirPathValue value) : PathNode(position)
{
    public FhirPathValue Value { get; } = value;

    public override void Push(PathRun run) => run.Push(Value);
}

/// <summary><c>{}</c>.</summary>
internal sealed class EmptyNode(int position) : PathNode(position)
{
    public override void Push(PathRun run)
    {
        // The empty collection leaves nothing.
    }
}

/// <summary><c>$this</c>, and what a function is called on when nothing stands before it.</summary>
internal sealed class FocusNode(int position) : PathNode(position)
{
    public override void Push(PathRun run)
    {
        for (int i = run.FocusAt, end = i + run.FocusCount; i < end; i++)
        {
            run.Push(run.Stack[i]);
        }
    }

    public override bool Any(PathRun run) => run.FocusCount > 0;
}

internal sealed class IndexVariableNode(int position) : PathNode(position)
{
    public override void Push(PathRun run)
    {
        if (run.Index >= 0)
        {
            run.Push(new FhirPathValue(run.Index));
        }
    }
}

/// <summary><c>$total</c>.</summary>
internal sealed class TotalNode(int position) : PathNode(position)
{
    public override void Push(PathRun run)
    {
        for (int i = run.TotalAt, end = i + run.TotalCount; i < end; i++)
        {
            run.Push(run.Stack[i]);
        }
    }
}
