using Isthmus.Fhir.Elements;
using Isthmus.Fhir.Types;

namespace Isthmus.Fhir.Paths;

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
                if (run.Named is { } named && named.TryGetValue(name, out var values))
                {
                    foreach (var one in values)
                    {
                        run.Push(one);
                    }
                }
                else if (run.Context.Variables is { } given && given.TryGetValue(name, out var value))
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

/// <summary><c>defineVariable(name [, value])</c>: passes its input on.</summary>
internal sealed class DefineVariableNode(int position, PathNode source, PathNode? value, int slot) : IteratingNode(position, source)
{
    public override void Push(PathRun run)
    {
        var from = run.Count;
        Source.Push(run);
        var to = run.Count;
        if (value is null)
        {
            run.Slots[slot] = run.Stack[from..to];
            return;
        }

        var outer = Outer.Of(run);
        (run.FocusAt, run.FocusCount) = (from, to - from);
        value.Push(run);
        run.Slots[slot] = run.Stack[to..run.Count];
        outer.Restore(run);
        run.Count = to;
    }
}

/// <summary><c>defineVariable()</c> under a name that is computed: known until the end of the operand it stands in.</summary>
internal sealed class DefineComputedVariableNode(int position, PathNode source, PathNode name, PathNode? value) : IteratingNode(position, source)
{
    public override void Push(PathRun run)
    {
        var from = run.Count;
        Source.Push(run);
        var to = run.Count;
        name.Push(run);
        var given = run.Single(to, Position, out var text);
        run.Count = to;
        if (!given || text.AsString() is not { } wanted)
        {
            run.Fail(PathRules.Argument, Position);
            return;
        }

        if (PathCompiler.IsGiven(wanted) || run.Named?.ContainsKey(wanted) == true)
        {
            run.Fail(PathRules.VariableTwice, Position);
            return;
        }

        var outer = Outer.Of(run);
        (run.FocusAt, run.FocusCount) = (from, to - from);
        value?.Push(run);
        run.Named = new Dictionary<string, FhirPathValue[]>(run.Named ?? [], StringComparer.Ordinal)
        {
            [wanted] = value is null ? run.Stack[from..to] : run.Stack[to..run.Count],
        };
        outer.Restore(run);
        run.Count = to;
    }
}

/// <summary>An operand in which variables were defined under computed names, which end with it.</summary>
internal sealed class ScopeNode(int position, PathNode inner) : PathNode(position)
{
    public override void Push(PathRun run)
    {
        var outer = run.Named;
        inner.Push(run);
        run.Named = outer;
    }
}
