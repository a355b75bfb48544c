namespace Isthmus.Fhir.Paths;

/// <summary>
/// A compiled part of an expression. Nodes are sealed classes with one virtual call each: the operands lie on the run's
/// stack, so that evaluating allocates nothing. They hold no state of an evaluation and are shared by threads.
/// </summary>
internal abstract class PathNode(int position)
{
    /// <summary>Where the part stands in the expression's text.</summary>
    public int Position { get; } = position;

    /// <summary>Leaves the collection on the stack, above whatever lies there.</summary>
    public abstract void Push(PathRun run);

    /// <summary>The collection as a condition.</summary>
    public virtual PathTruth Test(PathRun run)
    {
        var from = run.Count;
        Push(run);
        var truth = run.Truth(from, Position);
        run.Count = from;
        return truth;
    }

    /// <summary>Whether the collection has any item.</summary>
    public virtual bool Any(PathRun run)
    {
        var from = run.Count;
        Push(run);
        var any = run.Count > from;
        run.Count = from;
        return any;
    }
}

/// <summary>A part that comes to a condition by itself, and is a boolean when a collection is asked for.</summary>
internal abstract class ConditionNode(int position) : PathNode(position)
{
    public abstract override PathTruth Test(PathRun run);

    public override void Push(PathRun run) => run.Push(Test(run));

    public override bool Any(PathRun run) => Test(run) <= PathTruth.True;
}
