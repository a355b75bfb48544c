using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Types;

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

/// <summary>A variable of the evaluation or of its caller.</summary>
internal sealed class VariableNode(int position, string name) : PathNode(position)
{
    public override void Push(PathRun run)
    {
        switch (name)
        {
            case "resource":
                PushResource(run, run.Resource);
                break;
            case "rootResource":
                PushResource(run, run.RootResource);
                break;
            case "context":
                if (run.ContextItem.Reference is not null)
                {
                    run.Push(run.ContextItem);
                }

                break;
            default:
                if (run.Context.Variables is { } given && given.TryGetValue(name, out var value))
                {
                    run.Push(value);
                }
                else
                {
                    run.Fail(PathRules.Variable, Position);
                }

                break;
        }
    }

    private static void PushResource(PathRun run, FhirElement resource)
    {
        if (resource.Tape is { } tape)
        {
            run.Push(new FhirPathValue(tape, resource.Index, FhirTypes.R4.OfResource(tape, resource.Index)));
        }
    }
}

/// <summary>A variable that <c>defineVariable()</c> made earlier in the same chain.</summary>
internal sealed class DefinedVariableNode(int position, int slot) : PathNode(position)
{
    public override void Push(PathRun run)
    {
        foreach (var value in run.Slots[slot] ?? [])
        {
            run.Push(value);
        }
    }
}
